"""What the process counts, in Prometheus' words (issue: /metrics). No label holds personal data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

FAST = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


class Metrics:
    """One registry per process, handed to whoever counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        home = self.registry
        self.received = Counter(
            "helpdesk_messages_received", "Messages taken in", ["channel", "outcome"], registry=home
        )
        self.refused = Counter(
            "helpdesk_requests_refused", "Webhook requests refused", ["channel", "why"], registry=home
        )
        self.sent = Counter(
            "helpdesk_messages_sent", "Attempts to send", ["channel", "outcome"], registry=home
        )
        self.reports = Counter(
            "helpdesk_delivery_reports", "Delivery reports", ["channel", "state"], registry=home
        )
        self.to_commit = Histogram(
            "helpdesk_receipt_to_commit_seconds", "From receipt to durable", buckets=FAST, registry=home
        )
        self.to_accepted = Histogram(
            "helpdesk_receipt_to_accepted_seconds",
            "From receipt to acknowledgement accepted by the provider",
            buckets=FAST,
            registry=home,
        )
        self.group = Histogram(
            "helpdesk_intake_group_size",
            "Messages per intake transaction",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=home,
        )
        self.store = Histogram(
            "helpdesk_store_seconds", "Units of work", ["work"], buckets=FAST, registry=home
        )
        self.outbox = Gauge("helpdesk_outbox_items", "Outbox items", ["channel", "state"], registry=home)
        self.outbox_age = Gauge(
            "helpdesk_outbox_oldest_seconds",
            "Age of the oldest item",
            ["channel", "state"],
            registry=home,
        )
        self.paused = Gauge(
            "helpdesk_channel_paused", "1 while sending is stopped", ["channel"], registry=home
        )
        self.queue = Gauge("helpdesk_intake_waiting", "Messages waiting for the store", registry=home)
        self.alarms = Counter("helpdesk_alarms", "Alarms raised", ["channel", "kind"], registry=home)
