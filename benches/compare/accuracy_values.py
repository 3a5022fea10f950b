"""Values of personal data and credentials for accuracy_corpus.py, from their specifications.

Nothing here is shared with hushlog's detectors. Addresses, phone numbers and devices are of
the ranges kept for documentation and drama where such a range exists (RFC 5737, RFC 3849,
RFC 7042, RFC 2606, 555-01xx, Ofcom, Bundesnetzagentur, ACMA, ARCEP, PTS); the rest is drawn
at random with valid check digits. Credentials are put together at run time: no file holds one.
"""
import base64
import json
import string
import zlib
from random import Random

GIVEN = """James Maria Wei Fatima Olga Anders Priya Kwame Yuki Carlos Ingrid Ahmed Chloe Dmitri Amara Patrick
Susan Hiroshi Leila Tomasz Beatriz Sean Nadia Viktor Grace Mohammed Elena Lars Rosa Kenji Aisha Peter Zoë
José Łukasz Françoise Robert Linda Michael Karen Deepak Mei Sofia Owen Hannah""".split()
FAMILY = """Smith Garcia Zhang Okafor Petrova Lindqvist Sharma Mensah Tanaka Fernandez Larsen Hassan Dubois Volkov
Nwosu O'Brien Miller Sato Rahimi Kowalski Almeida Murphy Haddad Novak Thompson Khan Rossi Johansson Silva
Yamamoto Osei Müller Martin Nguyen Wood Baker Young Johnson Hernández Patel Chen Ivanova Carter Reyes""".split()
STREETS = "Maple Hollow,Birchwood,Old Mill,Jefferson,Cedar Ridge,Lakeview,St. Andrews,Harborne,Sycamore,Walnut Grove,5th,Elm".split(",")
STREET_TYPES = "Street,St,Avenue,Ave,Road,Rd,Lane,Drive,Dr,Boulevard,Blvd,Court".split(",")
CITIES = [("Springfield", "IL", "62704"), ("Portland", "OR", "97205"), ("Austin", "TX", "78701"), ("Fairview", "NJ", "07022"),
          ("Salem", "MA", "01970"), ("Boulder", "CO", "80302"), ("Madison", "WI", "53703"), ("Tacoma", "WA", "98402")]
MONTHS = "January February March April May June July August September October November December".split()
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def chars(rng: Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def digits(rng: Random, count: int) -> str:
    return chars(rng, string.digits, count)


def luhn(body: str) -> str:
    """Check digit of ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def plain(name: str) -> str:
    for old, new in (("ë", "e"), ("é", "e"), ("á", "a"), ("ç", "c"), ("ü", "u"), ("Ł", "L"), ("'", "")):
        name = name.replace(old, new)
    return name.lower()


def email(rng: Random) -> str:
    given, family = plain(rng.choice(GIVEN)), plain(rng.choice(FAMILY))
    local = rng.choice([f"{given}.{family}", f"{given[0]}{family}", f"{given}{rng.randint(1, 99)}", f"{given}_{family}",
                        f"{given}+{rng.choice(['news', 'shop', 'test1'])}", f"{family}-{given[0]}"])
    host = rng.choice(["example.com", "example.org", "example.net", "mail.example.com", "corp.example.org", "example.com"])
    return f"{local}@{host}"


def phone(rng: Random) -> str:
    area = rng.choice("212 305 312 415 503 617 702 808 919 972".split())
    line = f"01{digits(rng, 2)}"
    if rng.random() < 0.65:
        return rng.choice([f"({area}) 555-{line}", f"{area}-555-{line}", f"{area}.555.{line}", f"+1 {area}-555-{line}", f"+1{area}555{line}",
                           f"{area} 555 {line}", f"+1 ({area}) 555-{line}"])
    d = digits(rng, 4)
    return rng.choice([f"+44 20 7946 0{d[:3]}", f"+442079460{d[:3]}", f"+49 30 23125 {d[:3]}", f"+33 1 99 00 {d[:2]} {d[2:]}", "+61 491 570 006",
                       f"+46 8 465 004 {d[:2]}", f"020 7946 0{d[:3]}", f"+61 2 5550 {d}"])


def ssn(rng: Random) -> str:
    area = rng.choice([n for n in range(1, 900) if n != 666])
    parts = f"{area:03}", f"{rng.randint(1, 99):02}", f"{rng.randint(1, 9999):04}"
    return "-".join(parts) if rng.random() < 0.75 else rng.choice(["", " "]).join(parts)


def card(rng: Random) -> str:
    head, length = rng.choice([("4", 16), ("4", 16), ("5" + rng.choice("12345"), 16), ("34", 15), ("37", 15), ("6011", 16)])
    body = head + digits(rng, length - 1 - len(head))
    number = body + luhn(body)
    cuts = (4, 10, 15) if length == 15 else (4, 8, 12, 16)
    gap = rng.choice(["", "", " ", "-"])
    return gap.join(number[start:end] for start, end in zip((0, *cuts), cuts))


def iban(rng: Random) -> str:
    country = rng.choice(["DE", "GB", "NL", "AT", "CH", "IE", "FR"])
    if country == "FR":  # bank, branch, account and the national key
        bank, branch, account = digits(rng, 5), digits(rng, 5), digits(rng, 11)
        key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
        body = f"{bank}{branch}{account}{key:02}"
    else:
        letters = {"GB": 4, "NL": 4, "IE": 4}.get(country, 0)
        size = {"DE": 18, "GB": 14, "NL": 10, "AT": 16, "CH": 17, "IE": 14}[country]
        body = chars(rng, string.ascii_uppercase, letters) + digits(rng, size)
    number = int("".join(str(int(sign, 36)) for sign in body + country + "00"))
    text = f"{country}{98 - number % 97:02}{body}"
    return text if rng.random() < 0.6 else " ".join(text[at:at + 4] for at in range(0, len(text), 4))


def ipv4(rng: Random) -> str:
    return f"{rng.choice(['192.0.2', '198.51.100', '203.0.113'])}.{rng.randint(1, 254)}"


def ipv6(rng: Random) -> str:
    groups = [f"{rng.randint(0, 0xffff):x}" for _ in range(6)]
    return rng.choice([f"2001:db8:{':'.join(groups)}", f"2001:db8::{groups[0]}", f"2001:db8:{groups[0]}::{groups[1]}:{groups[2]}",
                       f"2001:0db8:0000:0000:{':'.join(group.zfill(4) for group in groups[:4])}"])


def mac(rng: Random) -> str:
    octets = rng.choice([["00", "00", "5e", "00", "53", chars(rng, "0123456789abcdef", 2)],
                         [rng.choice(["02", "06", "0a", "da"])] + [chars(rng, "0123456789abcdef", 2) for _ in range(5)]])
    if rng.random() < 0.1:
        text = "".join(octets)
        return ".".join(text[at:at + 4] for at in (0, 4, 8))
    text = rng.choice([":", ":", "-"]).join(octets)
    return text.upper() if rng.random() < 0.4 else text


def full_name(rng: Random) -> str:
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    form = rng.random()
    if form < 0.1:
        return f"{given} {rng.choice('ABDJKLMRST')}. {family}"
    if form < 0.18:
        return f"{family}, {given}"
    return f"{given} {family}"


def born(rng: Random) -> tuple[int, int, int]:
    return rng.randint(1938, 2009), rng.randint(1, 12), rng.randint(1, 28)


def birth_date(rng: Random) -> str:
    year, month, day = born(rng)
    return rng.choice([f"{year}-{month:02}-{day:02}", f"{month:02}/{day:02}/{year}", f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}",
                       f"{month}/{day}/{year}", f"{year}{month:02}{day:02}", f"{MONTHS[month - 1]} {day}, {year}", f"{day} {MONTHS[month - 1]} {year}"])


def address(rng: Random) -> str:
    street = f"{rng.randint(11, 9899)} {rng.choice(STREETS)} {rng.choice(STREET_TYPES)}"
    if rng.random() < 0.25:
        street += rng.choice([f", Apt {rng.randint(1, 40)}{rng.choice('ABCD')}", f" #{rng.randint(1, 90)}", f" Suite {rng.randint(100, 990)}"])
    if rng.random() < 0.45:
        city, state, code = rng.choice(CITIES)
        street += f", {city}, {state} {code}"
    return street


def aws_id(rng: Random) -> str:
    return rng.choice(["AK", "AS"]) + "IA" + chars(rng, string.ascii_uppercase + "234567", 16)


def aws_secret(rng: Random) -> str:
    return chars(rng, BASE62 + "/+", 40)


def github(rng: Random) -> str:
    body = chars(rng, BASE62, 30)
    check, tail = zlib.crc32(body.encode()), ""
    for _ in range(6):
        check, place = divmod(check, 62)
        tail = BASE62[place] + tail
    return f"gh{rng.choice('ppos')}_{body}{tail}"


def slack(rng: Random) -> str:
    numbers = "-".join(rng.choice("123456789") + digits(rng, rng.choice([11, 12])) for _ in range(3))
    if rng.random() < 0.5:
        return f"xoxp-{numbers}-{chars(rng, '0123456789abcdef', 32)}"
    return f"xoxb-{numbers.rsplit('-', 1)[0]}-{chars(rng, BASE62, 24)}"


def stripe(rng: Random) -> str:
    return f"{rng.choice(['sk', 'rk'])}_{rng.choice(['live', 'live', 'test'])}_{chars(rng, BASE62, rng.choice([24, 99]))}"


def jwt(rng: Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()
    claims = {"sub": digits(rng, 8), "iat": rng.randint(1_700_000_000, 1_790_000_000), "scope": rng.choice(["read", "admin", "openid"])}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{chars(rng, BASE62 + '-_', 43)}"


def private_key(rng: Random) -> str:
    name, start = rng.choice([("RSA ", "MIIE"), ("EC ", "MHcCAQEE"), ("", "MIIEv"), ("OPENSSH ", "b3BlbnNzaC1rZXktdjEA")])
    body = start + chars(rng, BASE62 + "/+", rng.choice([160, 320, 800]))
    lines = [body[at:at + 64] for at in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {name}PRIVATE KEY-----", *lines, f"-----END {name}PRIVATE KEY-----"])


def password(rng: Random) -> str:
    word = rng.choice("winter dragon Sunshine coffee orbit falcon Monday guitar Tr0mb0ne silver".split())
    return rng.choice([f"{word.capitalize()}{rng.randint(10, 2029)}{rng.choice('!#$?')}", f"{word}{rng.randint(1, 9999)}",
                       chars(rng, BASE62, rng.randint(10, 20)), chars(rng, BASE62 + "!#$%*-_", rng.randint(12, 18)),
                       "-".join(rng.sample("correct horse battery staple river candle".split(), 3))])


def mrn(rng: Random) -> str:
    return rng.choice([digits(rng, 7), digits(rng, 8), f"{rng.choice('AEHM')}{digits(rng, 7)}", f"MRN-{digits(rng, 7)}", f"00{digits(rng, 6)}", digits(rng, 10)])


def npi(rng: Random) -> str:
    body = rng.choice("12") + digits(rng, 8)
    return body + luhn("80840" + body)


def licence(rng: Random) -> str:
    """California, Texas, New York, Florida, Illinois, Washington."""
    letter = rng.choice("BCDFGHKMNPRS")
    return rng.choice([letter + digits(rng, 7), digits(rng, 8), f"{digits(rng, 3)} {digits(rng, 3)} {digits(rng, 3)}", digits(rng, 9),
                       f"{letter}{digits(rng, 3)}-{digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 3)}-{digits(rng, 1)}", letter + digits(rng, 12),
                       f"{letter}{digits(rng, 3)}-{digits(rng, 4)}-{digits(rng, 4)}", "WDL" + chars(rng, string.ascii_uppercase + string.digits, 9)])


def passport(rng: Random) -> str:
    return rng.choice([digits(rng, 9), rng.choice("AXY") + digits(rng, 8)])
