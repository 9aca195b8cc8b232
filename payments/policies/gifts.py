"""Which gifts there are, and what they cost."""

from payments.cards.gifts import GiftKindCard

MOST_GIFTS = 99

GIFTS = {
    kind.id: kind
    for kind in (
        GiftKindCard(id="rose", name="Rose", coins=1),
        GiftKindCard(id="coffee", name="Coffee", coins=5),
        GiftKindCard(id="heart", name="Heart", coins=10),
        GiftKindCard(id="cake", name="Cake", coins=50),
        GiftKindCard(id="bouquet", name="Bouquet", coins=100),
        GiftKindCard(id="guitar", name="Guitar", coins=500),
        GiftKindCard(id="rocket", name="Rocket", coins=1_000),
        GiftKindCard(id="castle", name="Castle", coins=5_000),
    )
}
"""None is ever taken out or renamed: what was given goes on being shown."""
