"""``python -m tierslieux.cli``: what ``script/tierslieux`` runs."""

from tierslieux.cli import main

if __name__ == "__main__":
    main(prog_name="tierslieux")
