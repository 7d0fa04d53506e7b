"""Forms of the screens only. The forms of the requests themselves are in ``saog.fichas``."""
