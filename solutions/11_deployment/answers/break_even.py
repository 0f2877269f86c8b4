# %% right: fractions
def break_even(plain, spark, machines):
    from fractions import Fraction

    gain = Fraction(plain[1]) - Fraction(spark[1]) / machines
    lag = Fraction(spark[0]) - Fraction(plain[0])
    if lag < 0:
        return 0
    if gain <= 0:
        return None
    return int(lag / gain) + 1


# %% right: floor division
def break_even(plain, spark, machines):
    (p0, p1), (s0, s1) = plain, spark
    if s0 < p0:
        return 0
    per_file = p1 - s1 / machines
    return None if per_file <= 0 else int((s0 - p0) // per_file) + 1


# %% right: doubles the number, then halves the interval
def break_even(plain, spark, machines):
    def faster(n):
        return spark[0] + n * spark[1] / machines < plain[0] + n * plain[1]

    if faster(0):
        return 0
    if plain[1] <= spark[1] / machines:
        return None
    high = 1
    while not faster(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if faster(middle) else (middle, high)
    return high


# %% right: rounds up and looks at the tie
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    if not plain[1] > spark[1] / machines:
        return None
    n = math.ceil((spark[0] - plain[0]) / (plain[1] - spark[1] / machines))
    tie = spark[0] + n * spark[1] / machines >= plain[0] + n * plain[1]
    return n + tie


# %% wrong: rounds up
# message: a tie counts as faster
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1] / machines
    return math.ceil((spark[0] - plain[0]) / gain) if gain > 0 else None


# %% wrong: not rounded
# message: not rounded
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1] / machines
    return (spark[0] - plain[0]) / gain if gain > 0 else None


# %% wrong: the start is shared
# message: start of Spark is divided
def break_even(plain, spark, machines):
    spark = spark[0] / machines, spark[1] / machines
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1]
    return math.floor((spark[0] - plain[0]) / gain) + 1 if gain > 0 else None


# %% wrong: divides by zero
# message: zero
def break_even(plain, spark, machines):
    return math.floor((spark[0] - plain[0]) / (plain[1] - spark[1] / machines)) + 1


# %% wrong: 0 for never
# message: 0 stands for never
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1] / machines
    return math.floor((spark[0] - plain[0]) / gain) + 1 if gain > 0 else 0


# %% wrong: infinity for never
# message: infinity stands for never
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1] / machines
    return math.floor((spark[0] - plain[0]) / gain) + 1 if gain > 0 else math.inf


# %% wrong: a negative number of files
# message: negative number of files
def break_even(plain, spark, machines):
    gain = plain[1] - spark[1] / machines
    return math.floor((spark[0] - plain[0]) / gain) + 1 if gain > 0 else None


# %% wrong: the start of plain is forgotten
# message: only the start of Spark counts
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1] / machines
    return math.floor(spark[0] / gain) + 1 if gain > 0 else None


# %% wrong: without the machines
# message: machines are left out|None
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1]
    return math.floor((spark[0] - plain[0]) / gain) + 1 if gain > 0 else None


# %% wrong: both engines have the machines
# message: plain engine has the machines, too|None
def break_even(plain, spark, machines):
    if spark[0] < plain[0]:
        return 0
    gain = (plain[1] - spark[1]) / machines
    return math.floor((spark[0] - plain[0]) / gain) + 1 if gain > 0 else None


# %% wrong: exchanged
# message: exchanged|None
def break_even(plain, spark, machines):
    plain, spark = spark, plain
    if spark[0] < plain[0]:
        return 0
    gain = plain[1] - spark[1] / machines
    return math.floor((spark[0] - plain[0]) / gain) + 1 if gain > 0 else None


# %% right: floor
def break_even(plain, spark, machines):
    head = spark[0] - plain[0]
    saved = plain[1] - spark[1] / machines
    if head < 0:
        return 0
    if saved <= 0:
        return None
    return math.floor(head / saved) + 1


# %% right: fractions, another way
def break_even(plain, spark, machines):
    from fractions import Fraction

    (a, b), (c, d) = (tuple(map(Fraction, pair)) for pair in (plain, spark))
    if c < a:
        return 0
    gain = b - d / machines
    return int((c - a) // gain) + 1 if gain > 0 else None


# %% right: doubling and bisection
def break_even(plain, spark, machines):
    faster = lambda n: spark[0] + n * spark[1] / machines < plain[0] + n * plain[1]
    if faster(0):
        return 0
    if spark[1] / machines >= plain[1]:
        return None
    high = 1
    while not faster(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if faster(middle) else (middle, high)
    return high


# %% wrong: ceil plus one
# message: the number is rounded up, and then 1 is added
def break_even(plain, spark, machines):
    head = spark[0] - plain[0]
    saved = plain[1] - spark[1] / machines
    if head < 0:
        return 0
    if saved <= 0:
        return None
    return math.ceil(head / saved) + 1


# %% wrong: with equal starts 0 files
# message: equal starts count as faster without any file
def break_even(plain, spark, machines):
    head = spark[0] - plain[0]
    saved = plain[1] - spark[1] / machines
    if head <= 0:
        return 0
    if saved <= 0:
        return None
    return math.floor(head / saved) + 1


# %% wrong: searched up to a million files
def break_even(plain, spark, machines):
    for n in range(1_000_000):
        if spark[0] + n * spark[1] / machines < plain[0] + n * plain[1]:
            return n
    return None


# %% wrong: each machine gets a whole number of files
# message: each machine gets a whole number of files
def break_even(plain, spark, machines):
    for n in range(200_000):
        if spark[0] + -(-n // machines) * spark[1] < plain[0] + n * plain[1]:
            return n
    return None
