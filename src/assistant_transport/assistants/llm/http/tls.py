"""Who is trusted: the system's authorities, those of SSL_CERT_FILE and SSL_CERT_DIR, else certifi's."""

import os
import ssl

import certifi


def context() -> ssl.SSLContext:
    """Verifies servers as OpenSSL does on this system; a system without authorities gets those of Mozilla's list."""
    made = ssl.create_default_context()
    if not _has_authorities():
        made.load_verify_locations(certifi.where())
    made.set_alpn_protocols(["http/1.1"])
    return made


def _has_authorities() -> bool:
    """Whether a file or a folder of authorities is there where OpenSSL looks for one."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile is not None or (paths.capath is not None and any(os.scandir(paths.capath)))
