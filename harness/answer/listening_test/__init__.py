"""The listening test: people compare sounds blind, and show how far to trust a judge."""
