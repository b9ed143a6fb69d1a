"""The smallest Typer program with a parameter, its help plain."""

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def hello(name: str = "x") -> None:
    """Say hello."""
    print(name)


def main() -> None:
    """Run the program."""
    app()
