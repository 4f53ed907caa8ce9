"""Import a file in a process of its own; print as JSON how long that took and the most memory it held."""

import json
import sys
import time
from pathlib import Path

from bench.desks import open_desk
from monitor.packs.read_import import ImportOptions
from monitor.packs.read_incidents import IncidentFile
from monitor.services.import_incidents import import_incidents
from monitor.services.import_observations import ImportFile, import_observations

STATUS = Path("/proc/self/status")


def main() -> None:
    """Import the file named second into the desk in the folder named first."""
    home, file, url = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    more = {"HEATWATCH_DATABASE_URL": url} if url else {}
    with open_desk(home, **more) as desk:
        begun = time.perf_counter()
        with desk.writing() as (session, now):
            if sys.argv[4] == "incidents":
                incidents = IncidentFile(name=file.name, data=file)
                stored = import_incidents(session, incidents, source="bench", author="bench", now=now).stored
            else:
                wanted = ImportFile(name=file.name, data=file, options=ImportOptions(), source="bench")
                stored = import_observations(session, wanted, author="bench", now=now).stored
        took = time.perf_counter() - begun
    peak = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    print(json.dumps({"seconds": took, "peak_mebibytes": int(peak.split()[1]) / 1024, "stored": stored}))


if __name__ == "__main__":
    main()
