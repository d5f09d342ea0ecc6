"""Stripe: customers, products, prices, subscriptions and invoices; writes customers. https://docs.stripe.com/api"""

from connectors.stripe.connector import Stripe
from connectors.stripe.seed import populate
from connectors.stripe.twin import StripeTwin

CONNECTOR = Stripe
TWIN = StripeTwin

__all__ = ["CONNECTOR", "TWIN", "populate"]
