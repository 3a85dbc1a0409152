"""What a watch shows when somebody knows of its wearer's call: it has a screen, where a band only vibrates."""

from __future__ import annotations

from gateway.language import Said

SIGNALS = {
    "received": Said("Your call was received", "已收到您的求助"),
    "help_on_the_way": Said("Help is on the way", "帮助已在路上"),
}
