"""What a vaccine is against, by its CVX code: the public code set of vaccines, as FHIR feeds of the US send it.

Codes of serums and skin tests are not here, nor those that name no disease: such a vaccine goes by its sender's name.
"""

from __future__ import annotations

_TETANUS = ("tetanus", "diphtheria")
_DTP = (*_TETANUS, "pertussis")

_CODES: dict[tuple[str, ...], str] = {
    ("flu",): "15 16 88 111 135 140 141 144 149 150 151 153 155 158 161 166 168 171 185 186 194 197 200 201 202 205 231"
              " 320 331 333",
    ("swine_flu",): "125 126 127 128",
    ("bird_flu",): "123 160 321 322 323",
    ("covid",): "207 208 210 211 212 213 217 218 219 221 225 226 227 228 229 230 300 301 302 308 309 310 311 312 313"
                " 500 501 502 503 504 505 506 507 508 509 510 511 512 513 514 515 516 517 518 519 520 521",
    ("rsv",): "303 304 305 306 307 314 315 326 332",
    _DTP: "01 20 106 107 115",
    _TETANUS: "09 28 113 138 139 196",
    ("tetanus",): "35 112 142",
    ("pertussis",): "11",
    (*_TETANUS, "polio"): "195",
    (*_DTP, "hib"): "22 50",
    (*_DTP, "polio"): "130",
    (*_DTP, "polio", "hib"): "120 170",
    (*_DTP, "polio", "hepatitis_b"): "110",
    (*_DTP, "hib", "hepatitis_b"): "102 198",
    (*_DTP, "polio", "hib", "hepatitis_b"): "132 146",
    ("polio",): "02 10 89 178 179 182 324",
    ("measles", "mumps", "rubella"): "03",
    ("measles", "mumps", "rubella", "chickenpox"): "94",
    ("measles", "rubella"): "04",
    ("mumps", "rubella"): "38",
    ("measles",): "05",
    ("rubella",): "06",
    ("mumps",): "07",
    ("chickenpox",): "21",
    ("shingles",): "121 187 188",
    ("hepatitis_a",): "31 52 83 84 85 169",
    ("hepatitis_b",): "08 42 43 44 45 189 220",
    ("hepatitis_a", "hepatitis_b"): "104 193",
    ("hib", "hepatitis_b"): "51",
    ("hib",): "17 46 47 48 49",
    ("meningococcal", "hib"): "148",
    ("meningococcal",): "32 103 108 114 136 147 162 163 164 167 191 192 203 316 328",
    ("pneumococcal",): "33 100 109 133 152 177 215 216 327",
    ("rotavirus",): "74 116 119 122",
    ("hpv",): "62 118 137 165",
    ("typhoid",): "25 41 53 91 101 190",
    ("yellow_fever",): "37 183 184",
    ("rabies",): "18 40 90 175 176",
    ("japanese_encephalitis",): "39 129 134",
    ("tick_encephalitis",): "77 222 223 224",
    ("cholera",): "26 172 173 174",
    ("smallpox",): "75 105 206 325",
    ("tuberculosis",): "19",
    ("anthrax",): "24 318 319",
    ("dengue",): "56 330",
    ("chikungunya",): "317 329",
    ("ebola",): "204 214",
}
BY_CVX = {code: diseases for diseases, codes in _CODES.items() for code in codes.split()}
DISEASES = frozenset(one for diseases in _CODES for one in diseases)


def diseases_of(cvx: str) -> tuple[str, ...]:
    """() where the code is of no vaccine known here. Some senders leave out a leading zero."""
    return BY_CVX.get(cvx.zfill(2), ()) if cvx else ()
