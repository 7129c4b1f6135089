"""Verification of `index.json`: types, as strictly as the format's engine checks them, vectors and graph."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationError

from vrom.format.graph import unreachable
from vrom.format.models import MAX_DIMENSIONS, HnswConfig, Manifest, Metric
from vrom.format.read import Graph, Vectors
from vrom.format.verify.findings import Findings, shown

UNIT_TOLERANCE = 1e-3
"""Largest deviation from length 1 of a vector if the manifest says `normalized`."""

NodeId = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    """Model with the engine's rules: a missing or wrongly typed key is an error, unknown keys are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Config(_Strict):
    m: int = Field(ge=1)
    m_max0: int = Field(ge=1)
    ef_construction: int = Field(ge=0)
    ef_search: int = Field(ge=0)
    level_multiplier: float
    metric: Metric


class _Index(_Strict):
    config: _Config
    nodes: list[Any]
    entry_point: NodeId | None = None
    max_layer: int = Field(ge=0)
    dim: int = Field(ge=1, le=MAX_DIMENSIONS)


class _Node(_Strict):
    vector: Annotated[list[float], FailFast()]
    neighbors: Annotated[list[Annotated[list[NodeId], FailFast()]], FailFast()]
    max_layer: int = Field(ge=0)
    metadata: str | None = None


def verify_index(file: str, document: Any, manifest: Manifest | None, findings: Findings) -> list[str | None] | None:
    """Check vectors and graph; return every node's metadata, or None if the nodes are too broken to go on."""
    try:
        index = _Index.model_validate(document)
    except ValidationError as error:
        findings.invalid(file, error)
        return None
    nodes = _nodes(file, index.nodes, findings)
    if manifest:
        _compare_config(file, index, manifest, findings)
    if nodes is None:
        return None
    _verify_vectors(file, nodes, index.dim, manifest, findings)
    _verify_graph(file, nodes, index, findings)
    return [node.metadata for node in nodes]


def _nodes(file: str, documents: Sequence[Any], findings: Findings) -> list[_Node] | None:
    nodes = []
    for position, document in enumerate(documents):
        try:
            nodes.append(_Node.model_validate(document))
        except ValidationError as error:
            findings.invalid(file, error, "nodes[]", position)
    return nodes if len(nodes) == len(documents) else None


def _compare_config(file: str, index: _Index, manifest: Manifest, findings: Findings) -> None:
    if index.dim != manifest.embedding_spec.dimensions and index.nodes:
        expected = f"{manifest.embedding_spec.dimensions}, as in embedding_spec.dimensions"
        findings.error(file, "dim", str(index.dim), expected)
    for key in HnswConfig.model_fields:
        here, there = getattr(index.config, key), getattr(manifest.hnsw_config, key)
        if here != there:
            report = findings.error if key == "metric" else findings.warning
            report(file, f"config.{key}", shown(here), f"{shown(there)}, as in hnsw_config in the manifest")


def _verify_vectors(file: str, nodes: list[_Node], dim: int, manifest: Manifest | None, findings: Findings) -> None:
    field = "nodes[].vector"
    for position, node in enumerate(nodes):
        if len(node.vector) != dim:
            findings.error(file, field, f"{len(node.vector)} numbers", f"{dim} numbers, as in dim", position)
    whole = [position for position, node in enumerate(nodes) if len(node.vector) == dim]
    with np.errstate(over="ignore"):
        vectors: Vectors = np.array([nodes[position].vector for position in whole], dtype=np.float32).reshape(
            len(whole), dim
        )
        lengths = np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=1))
    for position, length in zip(whole, lengths.tolist(), strict=True):
        if not np.isfinite(length):
            findings.error(file, field, "a number outside the float32 range", "finite numbers", position)
        elif length == 0:
            findings.error(file, field, "zeros", "a vector other than zero", position)
        elif manifest and manifest.embedding_spec.normalized and abs(length - 1) > UNIT_TOLERANCE:
            findings.error(file, field, f"length {length:.4g}", "length 1, as in embedding_spec.normalized", position)


def _verify_graph(file: str, nodes: list[_Node], index: _Index, findings: Findings) -> None:
    _verify_layers(file, nodes, index, findings)
    for position, node in enumerate(nodes):
        _verify_links(file, position, node, nodes, index.config, findings)
    if not _enters(file, nodes, index.entry_point, findings):
        return
    neighbors = [[[n for n in links if n < len(nodes)] for links in node.neighbors] for node in nodes]
    graph = Graph(HnswConfig(), neighbors, index.entry_point, index.max_layer)
    for position in unreachable(graph):
        found = "not reachable on layer 0"
        findings.warning(
            file, "nodes[]", found, "a node reachable from entry_point, so that searches find it", position
        )


def _verify_layers(file: str, nodes: list[_Node], index: _Index, findings: Findings) -> None:
    for position, node in enumerate(nodes):
        if len(node.neighbors) != node.max_layer + 1:
            found = f"{len(node.neighbors)} lists of neighbours, and max_layer {node.max_layer}"
            findings.warning(file, "nodes[].neighbors", found, "one list per layer from 0 to max_layer", position)
    highest = max((node.max_layer for node in nodes), default=0)
    if index.max_layer > highest:
        findings.error(file, "max_layer", str(index.max_layer), f"{highest}, the highest layer of any node")
    elif index.max_layer < highest:
        findings.warning(file, "max_layer", str(index.max_layer), f"{highest}, the highest layer of any node")


def _verify_links(
    file: str, position: int, node: _Node, nodes: list[_Node], config: _Config, findings: Findings
) -> None:
    field = "nodes[].neighbors"
    for layer, links in enumerate(node.neighbors):
        limit, name = (config.m, "m") if layer else (config.m_max0, "m_max0")
        if any(link >= len(nodes) for link in links):
            findings.error(file, field, f"node {max(links)}", f"ids of the {len(nodes)} nodes", position)
        if len(links) > limit:
            expected = f"at most {limit} ({name}) on {'an upper layer' if layer else 'layer 0'}"
            findings.warning(file, field, f"{len(links)} neighbours", expected, position)
        if position in links:
            findings.warning(file, field, "a link to the node itself", "other nodes", position)
        if len(set(links)) < len(links):
            findings.warning(file, field, "a repeated neighbour", "each neighbour once", position)
        if any(link < len(nodes) and nodes[link].max_layer < layer for link in links):
            findings.warning(file, field, f"a node that isn't on layer {layer}", "nodes of the same layer", position)


def _enters(file: str, nodes: list[_Node], entry_point: int | None, findings: Findings) -> bool:
    """Check that the entry point lets a search begin."""
    field, expected = "entry_point", f"a node, 0 to {len(nodes) - 1}" if nodes else "null, as there are no nodes"
    if entry_point is None:
        if nodes:
            findings.error(file, field, "null", expected)
        return False
    if entry_point >= len(nodes):
        findings.error(file, field, str(entry_point), expected)
        return False
    highest = max(node.max_layer for node in nodes)
    if nodes[entry_point].max_layer < highest:
        found = f"node {entry_point}, which is on layer {nodes[entry_point].max_layer}"
        findings.warning(file, field, found, f"a node on the highest layer, {highest}")
    return True
