"""The command line: `python -m bot run`, `sandbox`, `migrate`, `backup`, `restore` and more."""

from bot.cli.main import app

if __name__ == "__main__":
    app()
