"""Reads metrics as Prometheus would."""

from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families


class Scraper:
    """Reads the metrics of one port."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/metrics"

    def samples(self) -> dict[str, float]:
        """The values by name and labels, as `assistant_runs_total{assistant=mock,outcome=done}`.

        An empty label is the same as none.
        """
        with urlopen(self._url, timeout=30) as answer:
            text = answer.read().decode()
        found = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()) if value)
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
        return found

    def until(self, **expected: float) -> dict[str, float]:
        """Scrapes until the `assistant_…` metrics have these values; the test's timeout is its patience."""
        while True:
            samples = self.samples()
            if all(samples.get(f"assistant_{name}") == value for name, value in expected.items()):
                return samples
