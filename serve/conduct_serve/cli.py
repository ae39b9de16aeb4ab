"""`conduct`: finds the commands that the installed packages declare, and ends them with the contract's exit codes."""

import os
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer

from conduct_serve.problems import Interrupted, UnusableInput

EXTRA_OF = {
    "conduct_training": "training",
    "mlflow": "training",
    "datasets": "training,data",
    "cleanlab": "training,data",
    "torch": "training,data,encoder",
    "tokenizers": "training,data,encoder",
    "transformers": "training,data,encoder",
}
"""Package → extra to install where it, or one of its imports, is missing."""


def _stand_in(point: EntryPoint, missing: ImportError) -> Any:
    """A command that says what to install."""
    extra = EXTRA_OF.get(point.value.split(".")[0].split(":")[0], "training")

    def command(context: typer.Context) -> None:
        typer.echo(
            f"conduct {point.name} needs more than scoring does ({missing.name} is missing):"
            f" pip install 'conduct[{extra}]'",
            err=True,
        )
        raise typer.Exit(2)

    command.__doc__ = f"(needs pip install 'conduct[{extra}]')"
    return command


def build() -> typer.Typer:
    """The application with every declared command."""
    app = typer.Typer(
        help="Reads crime narratives for the course of conduct and says what was recorded wrongly.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    for point in sorted(entry_points(group="conduct.commands"), key=lambda p: p.name):
        try:
            command = point.load()
        except ImportError as missing:
            app.command(point.name, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
                _stand_in(point, missing)
            )
            continue
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=point.name)
        else:
            app.command(point.name)(command)
    return app


def main() -> None:
    """Exit codes: 0 done, 1 over the quarantine share, 2 unusable input or settings, 3 stopped part-way."""
    try:
        build()()
    except UnusableInput as fault:
        typer.echo(f"conduct: {fault}", err=True)
        sys.exit(2)
    except ModuleNotFoundError as missing:
        package = (missing.name or "").split(".")[0]
        if package not in EXTRA_OF:
            raise
        typer.echo(f"conduct: {package} is missing: pip install 'conduct[{EXTRA_OF[package]}]'", err=True)
        sys.exit(2)
    except Interrupted as signal:
        typer.echo(f"conduct: stopped by {signal}; run the same command again to resume", err=True)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(3)  # not sys.exit: the interpreter would wait for the threads of a broken pool
    except OSError as fault:
        typer.echo(
            f"conduct: stopped: {fault.filename or 'output'}: {fault.strerror or type(fault).__name__};"
            " mend that and run the same command again to resume",
            err=True,
        )
        sys.exit(3)


if __name__ == "__main__":
    main()
