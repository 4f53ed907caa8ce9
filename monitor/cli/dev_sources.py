"""`heatwatch dev-sources`: stand-ins of the world's sources on this machine, for rehearsals."""

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.dev.sources.server import SourceServer
    from monitor.dev.sources.stand_in import Scene

_PORT = 9400


@click.command("dev-sources")
@click.option(
    "--port", default=_PORT, show_default=True, help="The first of the ports; 0: any that are free."
)
@click.option("--fault", "faults", multiple=True, metavar="NAME=FAULT", help="Begin with a fault.")
@click.option("--earlier", multiple=True, metavar="NAME", help="Begin with a source's earlier edition.")
@click.option(
    "--pack", "folder", type=click.Path(path_type=Path), help="Write a pack of all of them here, to install."
)
@click.option("--faults", "is_list", is_flag=True, help="List the faults there are, and stop.")
def dev_sources(
    *, port: int, faults: tuple[str, ...], earlier: tuple[str, ...], folder: Path | None, is_list: bool
) -> None:
    """Serve stand-ins of the world's sources, with faults that can be switched while they run.

    Real slices where their licence allows it, else figures made up; docs/sources.md has an example.
    """
    from monitor.cli.rehearsal import rehearsal_texts
    from monitor.dev.sources.faults import MEANING
    from monitor.dev.sources.fragments import write_pack
    from monitor.dev.sources.server import SourceServer

    if is_list:
        for fault, meaning in MEANING.items():
            click.echo(f"{fault.value:<10} {meaning}")
        return
    scene = _scene(faults, earlier)
    try:
        server = SourceServer(scene, port=port)
    except OSError as error:
        raise click.ClickException(f"{error}; choose another with --port") from None
    if folder is not None:
        write_pack(folder, rehearsal_texts(), server.base)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with server:
        _tell(server, folder)
        stop.wait()


def _scene(faults: tuple[str, ...], earlier: tuple[str, ...]) -> "Scene":
    from monitor.dev.sources.faults import Fault
    from monitor.dev.sources.registry import STAND_INS
    from monitor.dev.sources.stand_in import Scene

    scene = Scene()
    known = {stand_in.name for stand_in in STAND_INS}
    for text in faults:
        name, _, fault = text.partition("=")
        if name not in known or fault not in set(Fault):
            raise click.BadParameter(
                f"{text!r}: expected NAME=FAULT, a fault of {', '.join(Fault)}", param_hint="--fault"
            )
        scene.faults[name] = Fault(fault)
    if unknown := set(earlier) - known:
        raise click.BadParameter(
            f"no stand-in is called {', '.join(sorted(unknown))}", param_hint="--earlier"
        )
    scene.earlier |= set(earlier)
    return scene


def _tell(server: "SourceServer", folder: Path | None) -> None:
    """Print where they are, how to reach them, and the definitions that ask them."""
    from monitor.cli.rehearsal import rehearsal_texts
    from monitor.dev.sources.fragments import render
    from monitor.dev.sources.registry import STAND_INS

    click.echo("# Stand-ins of the world's sources")
    for stand_in in STAND_INS:
        click.echo(f"#   {server.base(stand_in.name):<40} {stand_in.about}")
    click.echo(
        "# They are on this machine, so the guard has to be told for the desk that asks them (and each"
    )
    click.echo("# source that does so says allow_http = true), and they want these secrets:")
    click.echo("#   HEATWATCH_EGRESS_ALLOW_CIDRS=127.0.0.0/8")
    for stand_in in STAND_INS:
        for name, value in stand_in.secrets.items():
            variable = f"HEATWATCH_SECRET_{name.upper().replace('-', '_')}"
            click.echo(f"#   {variable}={value}")
    click.echo("# What was asked, and faults while they run (--faults lists them; none ends one):")
    click.echo(f"#   curl {server.url}/")
    click.echo(f"#   curl -X PUT {server.url}/control/ucdp/fault/500")
    click.echo(f"#   curl -X PUT {server.url}/control/ucdp/edition/earlier")
    if folder is not None:
        click.echo(f"# All definitions are in {folder}: heatwatch pack install {folder}")
        return
    for text in rehearsal_texts().values():
        click.echo(f"\n{render(text, server.base).rstrip()}")
