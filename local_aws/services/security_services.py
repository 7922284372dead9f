"""What moto lacks of Security Hub and AWS Config: refusals, and the integrations of products."""

import json
import re
from typing import Any
from urllib.parse import unquote

from moto.config.models import ConfigBackend
from moto.securityhub.models import SecurityHubBackend
from moto.securityhub.responses import SecurityHubResponse
from moto.securityhub.urls import url_paths

from local_aws.services.moto_corrections import Refusal

_SUBSCRIPTIONS_PATH = "/productSubscriptions"


def correct_security_services() -> None:
    """Correct moto, once in a process."""
    _enable_security_hub_once()
    _want_a_recorder_for_rules()
    for path in (f"{_SUBSCRIPTIONS_PATH}$", f"{_SUBSCRIPTIONS_PATH}/.+$"):
        url_paths["{0}" + path] = SecurityHubResponse.dispatch
    SecurityHubResponse.enable_import_findings_for_product = _enable_import_findings_for_product
    SecurityHubResponse.list_enabled_products_for_import = _list_enabled_products_for_import
    SecurityHubResponse.disable_import_findings_for_product = _disable_import_findings_for_product


def _enable_security_hub_once() -> None:
    """Refuse to enable what is enabled.

    See: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html
    """
    original = SecurityHubBackend.enable_security_hub

    def enable_security_hub(backend: Any, **settings: Any) -> Any:
        if backend.enabled:
            raise Refusal("ResourceConflictException", "Account is already subscribed to Security Hub")
        return original(backend, **settings)

    SecurityHubBackend.enable_security_hub = enable_security_hub


def _want_a_recorder_for_rules() -> None:
    """Refuse AWS's own rules where nothing is recorded.

    See: https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html
    """
    original = ConfigBackend.put_config_rule

    def put_config_rule(backend: Any, config_rule: dict[str, Any], tags: Any = None) -> Any:
        if config_rule["Source"]["Owner"] == "AWS" and not backend.recorders:
            raise Refusal(
                "NoAvailableConfigurationRecorderException",
                "You must create a configuration recorder before you can create or update a Config rule.",
            )
        return original(backend, config_rule, tags)

    ConfigBackend.put_config_rule = put_config_rule


def _enable_import_findings_for_product(response: Any) -> str:
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableImportFindingsForProduct.html
    subscriptions = _subscriptions(response)
    product_arn = json.loads(response.body)["ProductArn"]
    product = re.fullmatch(rf"arn:aws:securityhub:{response.region}:\d*:product/(.+/.+)", product_arn)
    if product is None:
        raise Refusal("InvalidInputException", f"no product of this Region: {product_arn}")
    arn = (
        f"arn:aws:securityhub:{response.region}:{response.current_account}:product-subscription/{product[1]}"
    )
    if arn in subscriptions:
        raise Refusal("ResourceConflictException", "Account is already subscribed to product")
    subscriptions.append(arn)
    return json.dumps({"ProductSubscriptionArn": arn})


def _list_enabled_products_for_import(response: Any) -> str:
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ListEnabledProductsForImport.html
    return json.dumps({"ProductSubscriptions": _subscriptions(response)})


def _disable_import_findings_for_product(response: Any) -> str:
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DisableImportFindingsForProduct.html
    subscriptions = _subscriptions(response)
    arn = unquote(response.path).removeprefix(f"{_SUBSCRIPTIONS_PATH}/")
    if arn not in subscriptions:
        raise Refusal("ResourceNotFoundException", f"Account is not subscribed to product: {arn}")
    subscriptions.remove(arn)
    return "{}"


def _subscriptions(response: Any) -> list[str]:
    """Give the integrations that are on, which moto does not know."""
    backend = response.securityhub_backend
    if not backend.enabled:
        raise Refusal(
            "InvalidAccessException",
            f"Account {response.current_account} is not subscribed to AWS Security Hub",
        )
    return vars(backend).setdefault("local_aws_subscriptions", [])  # type: ignore[no-any-return]
