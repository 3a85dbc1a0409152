"""Tests of the drivers: pure, fast, with the vectors that lie beside each driver."""
