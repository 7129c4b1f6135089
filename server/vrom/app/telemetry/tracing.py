"""OpenTelemetry spans: the MCP SDK makes one of every request, and they come out where a collector is configured."""

import logging

from vrom import __version__

logger = logging.getLogger(__name__)


def start_tracing() -> None:
    """Send spans to the collector that the `OTEL_` variables name. Without the extra `otel`, say so and go on."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        logger.warning("A collector is configured, but no spans are sent: install vrom[otel].")
        return
    from opentelemetry.trace import set_tracer_provider

    own = Resource({"service.name": "vrom", "service.version": __version__})
    # what the user's OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes before our own
    provider = TracerProvider(resource=Resource.create().merge(own).merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    set_tracer_provider(provider)


def flush_tracing(seconds: float = 0.5) -> None:
    """Send what is waiting, for at most `seconds`."""
    from opentelemetry.trace import get_tracer_provider

    flush = getattr(get_tracer_provider(), "force_flush", None)
    if flush is not None:
        flush(int(seconds * 1000))
