"""`python -m bramka` and the `bramka` command."""

from bramka.cli.main import bramka


def main() -> None:
    bramka(prog_name="bramka")


if __name__ == "__main__":
    main()
