"""The encoding of text that declares none."""

import sys

import pytest

from vrom.builder.sources.formats.encodings.guess import guess_encoding

WORDS = "The server is started by the command above, and it stops when the window is closed. " * 20
TEXTS = {
    "cp1252": [
        "Die Übersicht enthält alle Schlüssel, größere Werte müssen vorher geprüft werden.",
        "Le résumé des données a été généré après l’exécution ; voir « à propos ».",
        "¿Qué versión está instalada? El año y la dirección no están en el menú.",
        "A função não está disponível nesta versão; as opções são lidas do ficheiro.",
        "Välj ett språk för sidan och öppna den på nytt när ändringen är gjord.",
        "“Quoted” text — with dashes – and an ellipsis… for 10 € only, it’s said.",
        "La qualità è già più alta, però così la città non c’è.",
        f"{WORDS}Written by Jörg Müller.",
        f"{WORDS}It doesn’t matter.",
        "A price of 30 £ at most.",
    ],
    "cp1250": ["Zażółć gęślą jaźń, a potem włącz usługę i sprawdź, czy działa. Każdy użytkownik może ją wyłączyć."],
    "iso8859-2": ["Zażółć gęślą jaźń, a potem włącz usługę i sprawdź, czy działa. Każdy użytkownik może ją wyłączyć."],
    "cp1251": ["Запустите сервер и откройте страницу в браузере.", "# Кэш\n\nSet `ttl` и перезапустите.\n"],
    "koi8-r": ["Запустите сервер и откройте страницу в браузере."],
    "cp1253": ["Ξεκινήστε τον διακομιστή και ανοίξτε τη σελίδα στο πρόγραμμα περιήγησης."],
    "cp1254": ["Sunucuyu başlatın ve sayfayı tarayıcıda açın, değişiklikler şimdi geçerli olacaktır."],
    "gbk": ["启动服务器，然后在浏览器中打开页面。", f"{WORDS}\n\n启动服务器。\n"],
    "big5": ["啟動伺服器，然後在瀏覽器中開啟頁面。"],
    "shift_jis": ["サーバーを起動してから、ブラウザーでページを開きます。"],
    "euc-jp": ["サーバーを起動してから、ブラウザーでページを開きます。"],
    "euc-kr": ["서버를 시작한 다음 브라우저에서 페이지를 엽니다."],
    "mac_roman": ["Le résumé des données a été généré après la sélection."],
    "cp850": ["Die größeren Schlüssel müssen vorher geprüft werden."],
    "iso8859-15": ["Es kostet 10 € für größere Schlüssel."],
}


@pytest.mark.parametrize(("encoding", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts])
def test_text_of_each_encoding_is_read(encoding, text):
    content = text.encode(encoding)
    assert content.decode(guess_encoding(content)) == text


@pytest.mark.parametrize("text", TEXTS["cp1252"])
def test_western_text_is_read_without_the_detector_too(text, monkeypatch):
    monkeypatch.setitem(sys.modules, "chardetng_py", None)
    assert guess_encoding(text.encode("cp1252")) == "cp1252"


@pytest.mark.parametrize("encoding", ["cp1250", "cp1251", "gbk", "shift_jis"])
def test_without_the_detector_other_text_is_not_taken_for_western(encoding, monkeypatch):
    monkeypatch.setitem(sys.modules, "chardetng_py", None)
    assert guess_encoding(TEXTS[encoding][0].encode(encoding)) == ""


def test_utf_8_with_a_few_foreign_bytes_is_utf_8():
    assert guess_encoding("Größe überall, für jeden ".encode() + b"\xfc.") == "utf-8"


def test_bytes_that_are_no_text_have_no_encoding():
    assert guess_encoding(bytes(range(1, 256)) * 10) == ""
