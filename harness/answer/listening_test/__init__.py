"""The listening test: people rank sounds blind, and their ranks say how far to trust a judge."""
