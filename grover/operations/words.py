"""The words of the demo."""

FIRST_NAMES = """
    Ada Alan Amara Anton Aya Bela Bruno Carmen Chidi Clara Dario Dina Edith Elif Emil Enzo Esther
    Farah Felix Freya Grace Hana Hugo Ida Imani Ines Ivan Jonas Juno Kai Karim Kira Lars Leila Lena
    Linus Luca Maja Malik Mara Mateo Mei Mila Nadia Nia Nils Noor Olga Omar Oscar Paula Pavel Petra
    Quinn Rafael Rana Rosa Samir Sara Selma Sofia Tarek Theo Tomas Uma Vera Viktor Wanda Yara Yuki
    Zara Zoe
""".split()
LAST_NAMES = """
    Abara Aalto Baker Bauer Berg Brandt Castillo Chen Costa Dahl Diaz Duarte Eriksen Farkas Ferrari
    Fischer Garcia Hansen Haddad Horvat Ito Jansen Kaya Keller Kim Kovacs Kowalski Larsen Lindgren
    Lopez Maier Mbeki Moreau Nakamura Novak Okafor Olsen Park Peters Petrov Ramos Ricci Rossi Sato
    Schmidt Silva Singh Sorensen Suzuki Tanaka Torres Tran Ueda Varga Vogel Weber Wolf Yilmaz Young
    Zhang
""".split()
PLACES = """
    Lisbon Kyoto Nairobi Oslo Bogota Lagos Hanoi Porto Tallinn Accra Lima Tbilisi Bergen Dakar Ghent
    Izmir Leipzig Malmo Naples Quito Riga Seville Turin Utrecht Vienna Zagreb
""".split()
THINGS = (
    "light",
    "old maps",
    "ceramics",
    "street food",
    "mountains",
    "slow trains",
    "watercolours",
    "sourdough",
    "night skies",
    "film cameras",
    "bicycles",
    "rivers",
    "lighthouses",
    "vinyl records",
    "houseplants",
    "wool",
    "small theatres",
    "tide pools",
    "letterpress",
    "jazz",
    "birds",
    "rooftops",
    "wooden boats",
    "wild flowers",
)
POSTS = (
    "Spent the morning with {thing} near {place}.",
    "If you like {thing}, wait until you see what {place} does with {other}.",
    "New series: {thing} and {other}. First part is up.",
    "A quiet day in {place}. Mostly {thing}.",
    "I keep coming back to {thing}. What do you keep coming back to?",
    "Behind the scenes: how I work with {thing}.",
    "{place}, you had me at {thing}.",
    "Three things I learned about {thing} this week, and one about {other}.",
    "Not sure about {other}, but {thing} never lets me down.",
    "Tomorrow: {thing} in {place}. Come along!",
)
COMMENTS = (
    "Love this!",
    "The {thing} are wonderful.",
    "Where in {place} is that?",
    "This makes me want to try {thing} again.",
    "More of {other}, please.",
    "Saving this for later.",
    "You always find the best {thing}.",
    "I was in {place} last year and missed it!",
)
TALK = (
    "Did you see the {thing} in {place}?",
    "I am in {place} until Friday. Coffee?",
    "Ha, yes.",
    "That is exactly what I meant about {thing}.",
    "Let me send you the pictures of the {thing} tonight.",
    "Who else is coming to {place}?",
    "I would rather do {thing} than {other}.",
    "Sorry, I was on a train. What did I miss?",
    "{thing}, always {thing}.",
    "Count me in!",
    "Could you lend me your book on {thing}?",
    "We should do this again, with {other} this time.",
    "Good morning from {place}.",
    "No hurry at all.",
)
