"""Sequences of steps that run at once, under one progress bar: an error in one of them stops the others."""

from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm


def progress(total):
    """A bar for this many steps."""
    return tqdm(total=total, bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}]")


def run_parallel(bar, results, here, *aside):
    """Run several sequences of (title, function) steps at once: `here` in this thread, each of `aside` in its own.

    Each function is called with `results`, and adds to it. After an error in one sequence the others stop at their next
    step, and the error is raised.
    """
    with ThreadPoolExecutor(len(aside)) as pool:
        others = [pool.submit(_run_steps, steps, results, bar) for steps in aside]
        _run_steps(here, results, bar)
        for other in others:
            other.result()


def _run_steps(steps, results, bar):
    for title, step in steps:
        if "failed" in results:
            return  # another sequence's error is on its way
        bar.set_description(title)
        try:
            step(results)
        except BaseException:
            results["failed"] = title
            raise
        bar.update()


def after(event, results, steps):
    """The steps, once the event has happened (or other steps have failed): nothing may delay the first table."""
    while not event.wait(0.2) and "failed" not in results:
        pass
    yield from steps
