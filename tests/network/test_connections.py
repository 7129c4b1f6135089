"""Requests go to the address that was checked, under the name that was asked for."""

import datetime
import gc
import ipaddress
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from vrom.errors import TransferError
from vrom.network.client import Network

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
"""Stand-ins: the network under test takes the one for a public address, the other for a private one."""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def names(monkeypatch):
    """Answers of the resolver by name: one list a question, the last one again and again."""
    answers = {}
    real = socket.getaddrinfo

    def resolve(host, port, *arguments, **options):
        host = host.decode() if isinstance(host, bytes) else host
        if host not in answers:
            return real(host, port, *arguments, **options)
        current = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in current]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return answers


@pytest.fixture
def network():
    made = Network(timeout=2, is_private=lambda address: str(address) == PRIVATE, sleep=lambda _: None)
    yield made
    made.close()


def read(network, url):
    with network.get(url) as response:
        return b"".join(response.iter_bytes()), response


def test_a_name_that_changes_its_address_after_the_check_is_not_followed(site, names, network):
    site.files["/file"] = b"content"
    names["docs.example"] = [[PUBLIC], [PUBLIC], [PRIVATE]]
    connected = []
    real = socket.create_connection

    def connect(address, *arguments, **options):
        connected.append(address[0])
        return real(address, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", connect)
        content, response = read(network, site.url("/file", "docs.example"))
    assert content == b"content"
    assert connected == [PUBLIC]
    assert str(response.url) == site.url("/file", "docs.example")
    assert site.asked[-1].headers["host"] == f"docs.example:{site.port}"


def test_a_name_that_has_a_private_address_when_it_is_checked_is_never_connected_to(site, names, network):
    names["docs.example"] = [[PUBLIC], [PRIVATE]]
    with pytest.raises(TransferError, match="private address"):
        read(network, site.url("/file", "docs.example"))
    assert site.asked == []


def test_the_next_address_is_tried_where_the_first_refuses(names, network):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    refusing = "127.0.0.3"
    server = ThreadingHTTPServer((PUBLIC, 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    port = server.server_address[1]
    names["docs.example"] = [[refusing, PUBLIC]]
    try:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((refusing, port)).close()
        assert read(network, f"http://docs.example:{port}/")[0] == b"ok"
    finally:
        server.shutdown()
        server.server_close()


def test_a_name_without_an_address_is_said_to_be_out_of_reach(names, network):
    names["docs.example"] = [[]]
    with pytest.raises(TransferError, match="cannot be reached") as caught:
        read(network, "http://docs.example/")
    assert caught.value.again


class TestEncrypted:
    @pytest.fixture
    def certificate(self, tmp_path):
        """A certificate for `docs.example`, and a file with it and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "docs.example")])
        now = datetime.datetime.now(datetime.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("docs.example")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "certificate.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
        return file

    @pytest.fixture
    def port(self, certificate):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
        server.server_close()

    def test_the_certificate_is_compared_with_the_name(self, names, network, port, certificate, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        names["docs.example"] = names["other.example"] = [[PUBLIC]]
        assert read(network, f"https://docs.example:{port}/")[0] == b"ok"
        with pytest.raises(TransferError, match=r"(?i)hostname|certificate"):
            read(network, f"https://other.example:{port}/")

    def test_without_the_certificate_the_connection_is_refused(self, names, network, port):
        names["docs.example"] = [[PUBLIC]]
        with pytest.raises(TransferError, match=r"(?i)certificate"):
            read(network, f"https://docs.example:{port}/")


class TestSettingsOfTheEnvironment:
    @pytest.mark.parametrize("proxy", ["ftp://proxy.example:21", "http://proxy.example:port"])
    def test_a_proxy_that_is_none_is_named(self, network, monkeypatch, proxy):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        with pytest.raises(TransferError, match=r"proxy settings in the environment .* HTTP_PROXY"):
            read(network, "http://docs.example/")

    @pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "socks5h://127.0.0.1:1"])
    def test_a_proxy_that_cannot_be_reached_is_told_from_the_site(self, network, monkeypatch, proxy):
        monkeypatch.setenv("ALL_PROXY", proxy)
        with pytest.raises(TransferError, match=r"through the proxy that the environment names .* ALL_PROXY"):
            read(network, "http://docs.example/")

    @pytest.fixture
    def proxy(self):
        """A SOCKS proxy (RFC 1928) that answers what it is given, one part a message; it keeps what it heard."""
        heard, answers = [], []
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve():
                connection, _ = server.accept()
                with connection:
                    for answer in answers:
                        heard.append(connection.recv(1000))
                        connection.sendall(answer)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            yield f"socks5://127.0.0.1:{server.getsockname()[1]}", heard, answers
            thread.join(5)

    @pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTP_PROXY"])
    def test_a_socks_proxy_is_used_and_resolves_the_name(self, network, monkeypatch, proxy, variable):
        address, heard, answers = proxy
        connected = b"\x05\x00\x00\x01" + bytes(6)
        answers += [b"\x05\x00", connected, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]
        monkeypatch.setenv(variable, address)
        assert read(network, "http://docs.example/")[0] == b"ok"
        assert b"docs.example" in heard[1]

    @pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
    def test_a_socks_proxy_that_answers_nonsense_is_an_error(self, network, monkeypatch, proxy):
        address, _, answers = proxy
        answers += [b"?"]
        monkeypatch.setenv("HTTP_PROXY", address)
        with pytest.raises(TransferError, match="invalid response from the SOCKS proxy"):
            read(network, "http://docs.example/")
        gc.collect()

    def test_certificates_that_are_not_there_are_named(self, network, monkeypatch, tmp_path):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
        with pytest.raises(TransferError, match="SSL_CERT_FILE"):
            read(network, "https://127.0.0.2:1/")


def test_an_ipv6_address_is_connected_to(network):
    try:
        server = ThreadingHTTPServer.__new__(ThreadingHTTPServer)
        server.address_family = socket.AF_INET6
        server.__init__(("::1", 0), BaseHTTPRequestHandler)
    except OSError:
        pytest.skip("no IPv6 here")
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    try:
        with pytest.raises(TransferError, match="status 501"):
            read(network, f"http://[{ipaddress.ip_address('::1')}]:{server.server_address[1]}/")
    finally:
        server.shutdown()
        server.server_close()
