"""Getting places in: read a file, map its columns, normalise each row, load it, and report what became of every row.

``readers`` turn bytes into raw rows, ``mapping`` says what a source's columns mean, ``normalise`` makes a frozen
``PlaceRecord`` or a ``Refusal`` of each row (pure, no database), ``load`` brings records into PostGIS, ``report``
writes what happened. Nothing is lost: ``rows == created + changed + unchanged + merged + refused``.
"""
