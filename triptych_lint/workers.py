"""Linting in several processes; a process that dies takes only the file it was reading with it."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from triptych_lint.discover import Target
from triptych_lint.engine import load_engine
from triptych_lint.runner import Mode, Outcome, failed, internal_error, lint_target

LARGEST_CHUNK = 16
CHUNKS_PER_WORKER = 8


def lint_in_processes(targets: Sequence[Target], mode: Mode, jobs: int) -> Iterator[Outcome]:
    """Outcomes of ``targets`` in their order."""
    size = max(1, min(LARGEST_CHUNK, len(targets) // (jobs * CHUNKS_PER_WORKER)))
    chunks = [targets[start : start + size] for start in range(0, len(targets), size)]
    done = 0
    while done < len(chunks):
        for outcomes in _until_broken(chunks[done:], mode, jobs):
            yield from outcomes
            done += 1
        if done < len(chunks):
            for target in chunks[done]:
                yield _lint_alone(target, mode)
            done += 1


def _until_broken(
    chunks: Sequence[Sequence[Target]], mode: Mode, jobs: int
) -> Iterator[list[Outcome]]:
    """Outcomes chunk by chunk, up to the first that could not be brought back."""
    pool = _pool(min(jobs, len(chunks)))
    try:
        futures = [pool.submit(_lint_chunk, chunk, mode) for chunk in chunks]
        for future in futures:
            try:
                outcomes = future.result()
            except Exception:
                return
            yield outcomes
    finally:
        pool.shutdown(cancel_futures=True)


def _lint_alone(target: Target, mode: Mode) -> Outcome:
    with _pool(1) as pool:
        try:
            return pool.submit(lint_target, target, mode).result()
        except BrokenProcessPool:
            cause = "internal error: the process that read it died"
        except Exception as error:
            cause = internal_error(error)
    return failed(target.display, cause, fatal=True)


def _lint_chunk(targets: Sequence[Target], mode: Mode) -> list[Outcome]:
    return [lint_target(target, mode) for target in targets]


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Forked where that is safe, so that workers start with the modules that are loaded here."""
    if sys.platform == "linux":
        load_engine()
        context = multiprocessing.get_context("fork")
    else:
        context = multiprocessing.get_context()
    return ProcessPoolExecutor(jobs, context, initializer=_leave_interrupts_to_the_parent)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
