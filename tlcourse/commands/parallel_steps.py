"""Run several sequences of steps at once, with one progress bar; an error in one of them stops the others."""

from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm


def progress(total):
    """A progress bar for `total` steps."""
    return tqdm(total=total, bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}]")


def run_parallel(bar, results, here, *aside):
    """Run several sequences of (title, function) steps at once: `here` in this thread, each of `aside` in its own.

    Each function is called with `results` and adds to it. After an error in one sequence, the others stop before their
    next step, and the error is raised.
    """
    with ThreadPoolExecutor(len(aside)) as pool:
        others = [pool.submit(_run_steps, steps, results, bar) for steps in aside]
        _run_steps(here, results, bar)
        for other in others:
            other.result()


def _run_steps(steps, results, bar):
    for title, step in steps:
        if "failed" in results:
            return  # another sequence raised an error
        bar.set_description(title)
        try:
            step(results)
        except BaseException:
            results["failed"] = title
            raise
        bar.update()


def after(event, results, steps):
    """The steps, which wait until the event is set or other steps have failed, so as not to delay the first table."""
    while not event.wait(0.2) and "failed" not in results:
        pass
    yield from steps
