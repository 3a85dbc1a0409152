"""The Debian package in fresh roots: installed, used, updated, taken off (`./dev package --test`)."""
