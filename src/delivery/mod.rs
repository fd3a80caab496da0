//! Letters on their way: outbox, worker, journal, SMTP, retry, throttle.
