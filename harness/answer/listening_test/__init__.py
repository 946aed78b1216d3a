"""The listening test: people rank sounds blind, and their ranks show how far to trust a judge."""
