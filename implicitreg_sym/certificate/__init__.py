"""Certificates: results as files that a small independent program can check (docs/certificates.md)."""

from implicitreg_sym.certificate.absence import NoCertificateError
from implicitreg_sym.certificate.degree import degree_certificate
from implicitreg_sym.certificate.folder import write_certificates
from implicitreg_sym.certificate.general import general_certificates
from implicitreg_sym.certificate.invariant import invariant_certificate, potential_certificate
from implicitreg_sym.certificate.limit import limit_certificate
from implicitreg_sym.certificate.one_point import general_one_point_certificate, one_point_certificate
from implicitreg_sym.certificate.symmetric import symmetric_certificate
from implicitreg_sym.certificate.two_point import general_two_point_certificate, two_point_certificate
from implicitreg_sym.certificate.value import closed_form_certificates, value_certificate
from implicitreg_sym.certificate.write import certificate_text, write_certificate

__all__ = [
    "NoCertificateError",
    "certificate_text",
    "closed_form_certificates",
    "degree_certificate",
    "general_certificates",
    "general_one_point_certificate",
    "general_two_point_certificate",
    "invariant_certificate",
    "limit_certificate",
    "one_point_certificate",
    "potential_certificate",
    "symmetric_certificate",
    "two_point_certificate",
    "value_certificate",
    "write_certificate",
    "write_certificates",
]
