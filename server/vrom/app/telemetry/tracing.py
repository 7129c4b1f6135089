"""Export of OpenTelemetry spans, which the MCP SDK creates for every request, to a configured collector."""

import logging

from vrom import __version__

logger = logging.getLogger(__name__)


def start_tracing() -> None:
    """Send spans to the collector in the `OTEL_` variables. Without the extra `otel`, log a warning and return."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        from vrom.installation import extra_command

        logger.warning("A collector is configured, but no spans are sent. Install: %s", extra_command("otel"))
        return
    from opentelemetry.trace import set_tracer_provider

    own = Resource({"service.name": "vrom", "service.version": __version__})
    # the user's OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence over vrom's own values
    provider = TracerProvider(resource=Resource.create().merge(own).merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    set_tracer_provider(provider)


def flush_tracing(seconds: float = 0.5) -> None:
    """Send pending spans, for at most `seconds`."""
    from opentelemetry.trace import get_tracer_provider

    flush = getattr(get_tracer_provider(), "force_flush", None)
    if flush is not None:
        flush(int(seconds * 1000))
