"""Columns of an import by what people call them, in English and French."""

import re
import unicodedata

_NAMES = {
    "date": "date day jour month mois year annee period periode time",
    "series": "series serie key cle",
    "period_start": "period_start start debut from du start_date date_debut date_de_debut debut_periode",
    "period_end": "period_end end fin to au end_date date_fin date_de_fin fin_periode",
    "value": "value valeur amount montant price prix count nombre total figure chiffre",
    "low": "low lower min minimum bas borne_inferieure lower_bound",
    "high": "high upper max maximum haut borne_superieure upper_bound",
    "grade": "grade cotation note_de_fiabilite",
    "known_at": "known_at published publie released publication date_de_publication publication_date",
    "citation": "citation reference",
    "revision": "revision version",
    "note": "note comment comments commentaire commentaires remarque remark",
}
HEADINGS = {name: heading for heading, names in _NAMES.items() for name in names.split()}


def heading_of(name: str) -> str | None:
    """Return the column a heading means, or None: `Date de publication` -> `known_at`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return HEADINGS.get(re.sub(r"[^a-z0-9]+", "_", plain).strip("_"))
