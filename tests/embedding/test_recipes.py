import subprocess
import sys

import pytest

from vrom.embedding.recipes import DEFAULT_SPEC, known_models, named, resolve, spec_for
from vrom.errors import ModelUnknownError
from vrom.format.models import EmbeddingSpec

MINILM = "Xenova/all-MiniLM-L6-v2"


def spec(model: str, dimensions: int = 384, **keys) -> EmbeddingSpec:
    return EmbeddingSpec(model=model, dimensions=dimensions, **keys)


@pytest.mark.parametrize(
    "name",
    [MINILM, "sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2", "ALL-MINILM-L6-V2", MINILM.lower()],
)
@pytest.mark.parametrize("quantization", ["q8", "fp32"])
def test_minilm_has_one_recipe_by_all_its_names(name, quantization):
    recipe = resolve(spec(name, quantization=quantization))
    assert recipe == resolve(spec(MINILM, quantization=quantization))
    assert (recipe.model, recipe.quantization, recipe.dimensions) == (MINILM, quantization, 384)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Q8", "q8"), ("int8", "q8"), ("quantized", "q8"), ("float32", "fp32"), ("fp16", "fp32"), ("none", "fp32")],
)
def test_other_spellings_of_a_quantization_are_understood(written, meant):
    assert resolve(spec(MINILM, quantization=written)).quantization == meant


def test_the_two_forms_lie_in_folders_of_their_own():
    folders = {resolve(spec(MINILM, quantization=form)).folder for form in ("q8", "fp32")}
    assert folders == {"Xenova--all-MiniLM-L6-v2--q8", "Xenova--all-MiniLM-L6-v2--fp32"}


def test_a_model_of_unknown_name_is_found_by_its_source():
    recipe = resolve(spec("someone/my-export", model_source="sentence-transformers/all-MiniLM-L6-v2"))
    assert recipe.model == MINILM


def test_every_model_of_fastembeds_list_is_known_by_name():
    from vrom.embedding.native import import_fastembed

    for model in import_fastembed().TextEmbedding.list_supported_models():
        if model["model"].startswith("vrom-"):
            continue  # registered by this very process
        recipe = resolve(spec(model["model"].upper(), model["dim"]))
        assert recipe.dimensions == model["dim"]
        assert recipe.repository
        assert named(recipe.folder) == (recipe.model, recipe.quantization)


@pytest.mark.parametrize("folder", ["Xenova--all-MiniLM-L6-v2--q8", "BAAI--bge-small-en-v1.5"])
def test_a_folder_is_a_plain_name(folder):
    assert folder in {resolve(DEFAULT_SPEC).folder, resolve(spec_for("BAAI/bge-small-en-v1.5")).folder}


def test_an_unknown_model_is_refused_with_the_nearest_known():
    with pytest.raises(ModelUnknownError, match=r"'BAAI/bge-smal-en-v1\.5'.*Did you mean 'BAAI/bge-small-en-v1\.5'"):
        resolve(spec("BAAI/bge-smal-en-v1.5"))


def test_a_hostile_name_stays_short_and_harmless():
    with pytest.raises(ModelUnknownError) as raised:
        spec_for("../../etc/" + "x" * 100_000)
    assert len(str(raised.value)) < 1000


def test_vectors_of_another_length_are_refused():
    with pytest.raises(ModelUnknownError, match=r"vectors of 384 numbers, but embedding_spec\.dimensions is 768"):
        resolve(spec(MINILM, dimensions=768))


def test_an_unknown_quantization_of_minilm_is_refused():
    with pytest.raises(ModelUnknownError, match=r"'q3'.*expected 'q8' or 'fp32'"):
        resolve(spec(MINILM, quantization="q3"))


def test_a_model_given_by_name_gets_its_dimensions():
    assert spec_for("BAAI/bge-base-en-v1.5").dimensions == 768
    assert resolve(spec_for("all-minilm-l6-v2", "fp32")).quantization == "fp32"
    with pytest.raises(ModelUnknownError):
        spec_for("nosuch")


def test_the_default_comes_first():
    assert known_models()[0] == DEFAULT_SPEC.model


def test_the_default_is_resolved_without_loading_fastembed():
    code = "import sys; from vrom.embedding.recipes import *; resolve(DEFAULT_SPEC); print('fastembed' in sys.modules)"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert child.stdout == "False\n"


@pytest.mark.parametrize("name", ["answerdotai/answerai-colbert-small-v1", "COLBERT-IR/colbertv2.0"])
def test_a_model_of_vectors_for_words_alone_is_refused_with_the_reason(name):
    with pytest.raises(ModelUnknownError, match="a vector for each word, and none for a text"):
        spec_for(name)


@pytest.mark.parametrize(
    ("name", "quantization", "command"),
    [
        (MINILM, "q8", "vrom model pull"),
        ("all-MiniLM-L6-v2", "fp32", "vrom model pull --quantization fp32"),
        ("BAAI/bge-small-en-v1.5", "q8", "vrom model pull BAAI/bge-small-en-v1.5"),
    ],
)
def test_each_model_has_a_command_that_installs_it(name, quantization, command):
    assert resolve(spec_for(name, quantization)).pull_command == command


def test_size_and_licence_are_those_of_fastembeds_list():
    recipe = resolve(spec_for("jinaai/jina-embeddings-v3"))
    assert (recipe.license, recipe.gigabytes) == ("cc-by-nc-4.0", 2.29)
