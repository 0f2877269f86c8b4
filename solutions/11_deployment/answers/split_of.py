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
