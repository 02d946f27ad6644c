"""Running proofs in parallel processes that end when the user interrupts."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from implicitreg_sym.certificate import write_certificates
from implicitreg_sym.claims import Proof
from implicitreg_sym.cli.checking import ACCEPTED, check_all
from implicitreg_sym.registry import load_proof, proof_certificates
from implicitreg_sym.status import Status

_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """One proof that was carried out: the proof, or the error that ended it, and the seconds it took.

    ``certificates`` are the files written, ``verdicts`` what the checker says of each when it has been asked.
    """

    name: str
    seconds: float
    proof: Proof | None = None
    error: str = ""
    certificates: tuple[Path, ...] = ()
    verdicts: tuple[str, ...] = ()

    @property
    def established(self) -> bool:
        """Whether every claim is PROVED or ENCLOSED, and every certificate that was checked is accepted."""
        claims = self.proof is not None and all(claim.status.established for claim in self.proof.claims)
        return claims and self.accepted == len(self.verdicts)

    @property
    def accepted(self) -> int:
        """How many certificates the checker has accepted."""
        return sum(verdict.startswith(ACCEPTED) for verdict in self.verdicts)

    @property
    def status(self) -> Status:
        """The status of the proof; UNKNOWN where it broke off."""
        return Status.UNKNOWN if self.proof is None else self.proof.status


def carry_out(name: str, digits: int, folder: str | None = None) -> Run:
    """Carry out one proof, and write its certificates if a folder is named.

    An exception of its script becomes the error of the run.
    """
    begin = time.perf_counter()
    try:
        proof = load_proof(name, digits)
        files = () if folder is None else write_certificates(folder, name, proof_certificates(name, digits))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        return Run(name, time.perf_counter() - begin, error=f"{type(error).__name__}: {error} ({where})")
    return Run(name, time.perf_counter() - begin, proof, certificates=files)


def checked(
    runs: Sequence[Run], jobs: int | None = None, report: Callable[[Path], None] = lambda file: None
) -> list[Run]:
    """Return the runs with the checker's verdicts on their certificates; ``report`` is told of each file."""
    verdicts = check_all([file for run in runs for file in run.certificates], jobs, report)
    return [replace(run, verdicts=tuple(verdicts[file] for file in run.certificates)) for run in runs]


def prove_all(
    names: Sequence[str],
    digits: int,
    jobs: int | None = None,
    report: Callable[[Run], None] = lambda run: None,
    task: Callable[[str, int], Run] = carry_out,
) -> list[Run]:
    """Carry out proofs in so many processes (by default one for each core), and return the runs in order.

    ``report`` is called with each run as it ends; ``task`` carries one out. An interruption ends the
    processes before it is passed on.
    """
    if not names:
        return []
    workers = min(jobs or os.cpu_count() or 1, len(names))
    # spawn: the parent may show progress from a thread, and a fork of a process with threads can hang
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, context, _prepare_worker)
    try:
        futures = {executor.submit(task, name, digits): name for name in names}
        runs = {}
        for future in as_completed(futures):
            name = futures[future]
            try:
                run = future.result()
            except BrokenProcessPool:
                run = Run(name, 0.0, error="the process ended before its proof did")
            runs[name] = run
            report(run)
        executor.shutdown()
    except BaseException:
        _end_workers(executor)
        raise
    return [runs[name] for name in names]


def _prepare_worker() -> None:
    # the parent alone answers ctrl-C, and tells the workers to leave
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(128 + number)


def _end_workers(executor: ProcessPoolExecutor) -> None:
    children = multiprocessing.active_children()
    executor.shutdown(wait=False, cancel_futures=True)
    for child in children:
        child.terminate()
    limit = time.monotonic() + _GRACE_SECONDS
    for child in children:
        child.join(max(0.0, limit - time.monotonic()))
        if child.is_alive():
            child.kill()
