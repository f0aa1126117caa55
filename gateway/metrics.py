"""What the process counts, in Prometheus' words (/metrics). No label holds personal data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

FAST = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """One registry per process, handed to whoever counts.

    Attributes:
        received: messages taken in, by channel and outcome.
        refused: webhook requests refused, by channel and reason.
        sent: attempts to send, by channel and outcome.
        reports: delivery reports, by channel and state.
        files: attempts to fetch a file, by channel and outcome.
        alarms: what somebody must look at, by channel and kind.
        watched: what the watch over promises found, by kind.
        to_commit: seconds from receipt to durable.
        to_accepted: seconds from receipt to the provider's acceptance of the acknowledgement.
        group: messages per intake transaction.
        store: seconds of a unit of work, by what it does.
        outbox, outbox_age: items and age of the oldest, by channel and state.
        paused: 1 while a channel's sending is stopped.
        queue: messages waiting for the store.
        symptoms: 1 while a door finds something wrong at its provider, by channel and key.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = self._counter("messages_received", "Messages taken in", "outcome")
        self.refused = self._counter("requests_refused", "Webhook requests refused", "why")
        self.sent = self._counter("messages_sent", "Attempts to send", "outcome")
        self.reports = self._counter("delivery_reports", "Delivery reports", "state")
        self.files = self._counter("files_fetched", "Attempts to fetch a file", "outcome")
        self.alarms = self._counter("alarms", "Alarms raised", "kind")
        self.watched = Counter(
            "helpdesk_watch_findings",
            "What the watch over promises found",
            ["kind"],
            registry=self.registry,
        )
        self.to_commit = self._seconds("receipt_to_commit", "From receipt to durable")
        self.to_accepted = self._seconds(
            "receipt_to_accepted", "From receipt to acknowledgement accepted by the provider"
        )
        self.store = self._seconds("store", "Units of work", "work")
        self.group = Histogram(
            "helpdesk_intake_group_size",
            "Messages per intake transaction",
            buckets=SIZES,
            registry=self.registry,
        )
        self.outbox = self._gauge("outbox_items", "Outbox items", "channel", "state")
        self.outbox_age = self._gauge(
            "outbox_oldest_seconds", "Age of the oldest item", "channel", "state"
        )
        self.paused = self._gauge("channel_paused", "1 while sending is stopped", "channel")
        self.symptoms = self._gauge(
            "channel_symptom", "1 while something is wrong at the provider", "channel", "key"
        )
        self.queue = self._gauge("intake_waiting", "Messages waiting for the store")

    def _counter(self, name: str, meaning: str, by: str) -> Counter:
        return Counter(f"helpdesk_{name}", meaning, ["channel", by], registry=self.registry)

    def _seconds(self, name: str, meaning: str, *by: str) -> Histogram:
        return Histogram(
            f"helpdesk_{name}_seconds", meaning, by, buckets=FAST, registry=self.registry
        )

    def _gauge(self, name: str, meaning: str, *by: str) -> Gauge:
        return Gauge(f"helpdesk_{name}", meaning, by, registry=self.registry)
