"""Publish a package as a dataset on the Hugging Face Hub, with the hub's own client."""

from pathlib import Path

from vrom import __version__
from vrom.errors import HubError
from vrom.format.limits import DEFAULT_LIMITS, Limits
from vrom.format.manifest import read_manifest
from vrom.format.models import Manifest
from vrom.registry.install import verify
from vrom.registry.pulled_json import package_files

CARD = "README.md"


def upload(
    folder: Path,
    repository: str,
    *,
    private: bool = False,
    endpoint: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> str:
    """Upload the package in `folder` in one commit to the dataset `OWNER/NAME`, creating it if necessary.

    An existing dataset card is kept. Returns the URL of the commit. Raises `PackageError`, and `HubError` with the
    message of the hub's client.
    """
    from huggingface_hub import CommitOperationAdd, HfApi

    manifest = read_manifest(folder)
    verify(folder, manifest.vrom_id, manifest.version, {}, limits)
    api = HfApi(endpoint=endpoint, library_name="vrom", library_version=__version__)
    operations = [
        CommitOperationAdd(path_in_repo=file.name, path_or_fileobj=file)
        for file in package_files(folder).values()
        if file.is_file()
    ]
    try:
        api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
        if not api.file_exists(repository, CARD, repo_type="dataset"):
            card = CommitOperationAdd(path_in_repo=CARD, path_or_fileobj=_card(manifest, repository).encode())
            operations.append(card)
        title = f"{manifest.vrom_id} {manifest.version}"
        commit = api.create_commit(repository, operations, commit_message=title, repo_type="dataset")
    except Exception as error:  # the client passes on errors of its HTTP library, which vary between versions
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise HubError(
            f"Cannot publish to {repository}: {reason}. Log in with `hf auth login`, or set HF_TOKEN."
        ) from error
    return str(commit.commit_url)


def _card(manifest: Manifest, repository: str) -> str:
    """Text of the dataset card."""
    from huggingface_hub import DatasetCardData

    about = DatasetCardData(pretty_name=manifest.vrom_id, tags=["vrom", "documentation"])
    description = " ".join(manifest.description.split())
    source = " ".join(manifest.source.split()) or "see its manifest"
    return f"""---
{about.to_yaml()}
---

# {manifest.vrom_id}

{description}

A vROM cartridge: documentation that coding agents search offline. {manifest.total_chunks:,} chunks, version
{manifest.version}, embedded with {manifest.embedding_spec.model}. Made of: {source}.

```bash
vrom pull hf://datasets/{repository}
```
"""
