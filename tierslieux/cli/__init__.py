"""The ``tierslieux`` command: what an operator needs without a page.

Exit codes: 0 done, 2 wrong use, 3 done with refusals (they are in the report), 4 refused as a whole, 5 no base,
6 something of this machine is in the way (a port, a right, a full disk, a missing program).
Data goes to stdout, talk to stderr.
"""

from __future__ import annotations

from importlib import import_module

import click

from tierslieux import __version__
from tierslieux.cli.context import refuse
from tierslieux.ops.trouble import Trouble, trouble_of
from tierslieux.settings import SettingsError

# name -> where its command stands; a group is imported when it is asked for, so that `db status` loads no map.
COMMANDS = {
    "contributions": "tierslieux.cli.contributions:contributions",
    "duplicates": "tierslieux.cli.duplicates:duplicates",
    "token": "tierslieux.cli.accounts:token",
    "user": "tierslieux.cli.accounts:user",
    "serve": "tierslieux.cli.serve:serve",
    "db": "tierslieux.cli.db:db",
    "demo": "tierslieux.cli.demo:demo",
    "doctor": "tierslieux.cli.doctor:doctor",
    "hours": "tierslieux.cli.hours:hours",
    "import": "tierslieux.cli.imports:imports",
    "jobs": "tierslieux.cli.jobs:jobs",
}


class LazyGroup(click.Group):
    """Commands imported on use; what can go wrong around the program ends as one sentence, not as a stack trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of ``COMMANDS``."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn known trouble into its sentence and exit code."""
        try:
            return super().invoke(ctx)
        except Trouble as trouble:
            refuse(str(trouble), trouble.exit_code)
        except SettingsError as exc:
            refuse(str(exc))
        except Exception as exc:
            known = trouble_of(exc)
            if known is None:
                raise
            refuse(str(known), known.exit_code)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tierslieux")
def main() -> None:
    """Directory and booking of third places."""
