"""The rules of a made-up life, apart from where it is stored."""
