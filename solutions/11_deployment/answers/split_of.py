# %% right: hexadecimal digits
def split_of(person, test_share):
    number = int(hashlib.sha256(str(person).encode("utf-8")).hexdigest()[:16], 16)
    return "test" if number / 2**64 < test_share else "train"


# %% right: struct
def split_of(person, test_share):
    import struct

    (number,) = struct.unpack(">Q", hashlib.sha256(f"{person}".encode()).digest()[:8])
    if number < test_share * 2**64:
        return "test"
    return "train"


# %% right: numpy, with big-endian bytes
def split_of(person, test_share):
    digest = hashlib.sha256(bytes(str(person), "utf-8")).digest()
    u = float(np.frombuffer(digest, ">u8", count=1)[0]) / 2.0**64
    return ["train", "test"][int(u < test_share)]


# %% right: byte by byte
def split_of(person, test_share):
    u = 0.0
    for byte in reversed(hashlib.sha256(str(person).encode()).digest()[:8]):
        u = (u + byte) / 256
    return "test" if u < test_share else "train"


# %% wrong: hash
# message: changes from process to process
def split_of(person, test_share):
    return "test" if hash(str(person)) % 100 < 100 * test_share else "train"


# %% wrong: random
# message: second call
def split_of(person, test_share):
    return "test" if np.random.default_rng().random() < test_share else "train"


# %% wrong: the person as a seed
# message: the person as seed
def split_of(person, test_share):
    import random

    return "test" if random.Random(str(person)).random() < test_share else "train"


# %% wrong: little-endian
# message: little-endian
def split_of(person, test_share):
    number = int.from_bytes(hashlib.sha256(str(person).encode()).digest()[:8], "little")
    return "test" if number / 2**64 < test_share else "train"


# %% wrong: whole percent
# message: rounded to whole percent
def split_of(person, test_share):
    u = int.from_bytes(hashlib.sha256(str(person).encode()).digest()[:8], "big") / 2**64
    return "test" if int(u * 100) < test_share * 100 else "train"


# %% wrong: MD5
# message: MD5
def split_of(person, test_share):
    number = int.from_bytes(hashlib.md5(str(person).encode()).digest()[:8], "big")
    return "test" if number / 2**64 < test_share else "train"


# %% wrong: exchanged
# message: exchanged
def split_of(person, test_share):
    number = int.from_bytes(hashlib.sha256(str(person).encode()).digest()[:8], "big")
    return "train" if number / 2**64 < test_share else "test"


# %% wrong: the last bytes
# message: last 8 bytes
def split_of(person, test_share):
    number = int.from_bytes(hashlib.sha256(str(person).encode()).digest()[-8:], "big")
    return "test" if number / 2**64 < test_share else "train"


# %% wrong: the whole digest
# message: everybody is in the training set
def split_of(person, test_share):
    number = int(hashlib.sha256(str(person).encode()).hexdigest(), 16)
    return "test" if number / 2**64 < test_share else "train"


# %% wrong: the whole digest, divided by its own size, and the largest numbers
# message: largest numbers
def split_of(person, test_share):
    u = int(hashlib.sha256(str(person).encode()).hexdigest(), 16) / 2**256
    return "test" if u > 1 - test_share else "train"


# %% wrong: a number has no encode
# message: no attribute 'encode'
def split_of(person, test_share):
    number = int.from_bytes(hashlib.sha256(person.encode()).digest()[:8], "big")
    return "test" if number / 2**64 < test_share else "train"


# %% right: from_bytes
def split_of(person, test_share):
    digest = hashlib.sha256(str(person).encode("utf-8")).digest()
    return "test" if int.from_bytes(digest[:8], "big") / 2**64 < test_share else "train"


# %% right: hexdigest
def split_of(person, test_share):
    u = int(hashlib.sha256(f"{person}".encode()).hexdigest()[:16], 16) / 2**64
    return ("train", "test")[bool(u < test_share)]


# %% right: struct, another way
def split_of(person, test_share):
    import struct

    (number,) = struct.unpack(">Q", hashlib.sha256(bytes(str(person), "utf-8")).digest()[:8])
    if number / 18446744073709551616 < test_share:
        return "test"
    return "train"


# %% wrong: eight hexadecimal digits
# message: SHA-1 is used
def split_of(person, test_share):
    u = int(hashlib.sha256(str(person).encode()).hexdigest()[:8], 16) / 2**32
    return "test" if u < test_share else "train"


# %% wrong: modulo 100 percent
# message: the integer is taken modulo 100
def split_of(person, test_share):
    digest = hashlib.sha256(str(person).encode("utf-8")).digest()
    return "test" if int.from_bytes(digest[:8], "big") % 100 < 100 * test_share else "train"


# %% wrong: latin-1 with replacement instead of UTF-8
# message: the text is encoded in Latin-1
def split_of(person, test_share):
    digest = hashlib.sha256(str(person).encode("latin-1", "replace")).digest()
    return "test" if int.from_bytes(digest[:8], "big") / 2**64 < test_share else "train"


# %% wrong: the name is stripped and converted to lowercase
# message: the name is tidied: spaces at its ends are removed, and capi
def split_of(person, test_share):
    digest = hashlib.sha256(str(person).strip().lower().encode("utf-8")).digest()
    return "test" if int.from_bytes(digest[:8], "big") / 2**64 < test_share else "train"


# %% wrong: signed integer
# message: the 8 bytes are read as a number with a sign
def split_of(person, test_share):
    digest = hashlib.sha256(str(person).encode("utf-8")).digest()
    return "test" if abs(int.from_bytes(digest[:8], "big", signed=True)) / 2**63 < test_share else "train"


# %% wrong: rounded to two digits
# message: test and train are exchanged
def split_of(person, test_share):
    digest = hashlib.sha256(str(person).encode("utf-8")).digest()
    return "test" if round(int.from_bytes(digest[:8], "big") / 2**64, 2) < test_share else "train"
