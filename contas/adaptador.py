"""How allauth behaves here: letters through the outbox, addresses from the settings, local ``next`` only, our words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from contas import notificacoes
from contas.acesso import ip_de
from contas.models import Usuario
from contas.segredos import abrir, selar

#: allauth's letter → (subject, paragraphs, label of the button, key of the address in the context or name of a view).
CARTAS: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    "account/email/email_confirmation": (
        "Confirme seu e-mail no Portal INTRAGOV",
        ("Para entrar, confirme que este e-mail é seu.",),
        "Confirmar meu e-mail",
        "activate_url",
    ),
    "account/email/email_confirmation_signup": (
        "Confirme seu e-mail no Portal INTRAGOV",
        ("Para entrar, confirme que este e-mail é seu.",),
        "Confirmar meu e-mail",
        "activate_url",
    ),
    "account/email/password_reset_key": (
        "Crie uma nova senha no Portal INTRAGOV",
        ("Recebemos um pedido para trocar a senha da sua conta.", "Se não foi você, ignore esta mensagem: sua senha continua a mesma."),
        "Criar nova senha",
        "password_reset_url",
    ),
    "account/email/unknown_account": (
        "Não encontramos uma conta com este e-mail",
        (
            "Alguém pediu para recuperar a senha de uma conta com este e-mail, mas ela não existe.",
            "Se foi você, confira se usou outro e-mail. Se não foi, ignore esta mensagem.",
        ),
        "Ir para o portal",
        "account_login",
    ),
    "account/email/account_already_exists": (
        "Você já tem conta no Portal INTRAGOV",
        ("Alguém pediu uma conta nova com este e-mail, mas ele já tem uma.",),
        "Entrar no portal",
        "account_login",
    ),
}

#: allauth's security notice → (subject, sentence). Always sent.
AVISOS: dict[str, tuple[str, str]] = {
    "account/email/password_changed": ("Sua senha foi trocada", "A senha da sua conta foi trocada."),
    "account/email/password_reset": ("Sua senha foi trocada", "A senha da sua conta foi trocada pelo link de recuperação."),
    "account/email/password_set": ("Sua senha foi criada", "A senha da sua conta foi criada."),
    "mfa/email/totp_activated": ("Segundo fator ligado", "Um aplicativo de códigos foi ligado à sua conta."),
    "mfa/email/totp_deactivated": ("Segundo fator desligado", "O aplicativo de códigos foi desligado da sua conta."),
    "mfa/email/webauthn_added": ("Chave de acesso incluída", "Uma chave de acesso foi incluída na sua conta."),
    "mfa/email/webauthn_removed": ("Chave de acesso retirada", "Uma chave de acesso foi retirada da sua conta."),
    "mfa/email/recovery_codes_generated": ("Novos códigos de recuperação", "Foram gerados novos códigos de recuperação da sua conta."),
}


class AdaptadorDeContas(DefaultAccountAdapter):
    """The account adapter of allauth (``ACCOUNT_ADAPTER``)."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Esta conta está desativada. Fale com o suporte do INTRAGOV.",
        "email_password_mismatch": "E-mail ou senha não conferem. Confira os dois e tente de novo.",
        "enter_current_password": "A senha atual não confere. Digite de novo.",
        "incorrect_password": "A senha não confere. Digite de novo.",
        "invalid_password_reset": "Este link já foi usado ou perdeu a validade. Peça outro.",
        "too_many_login_attempts": "Houve muitas tentativas. Espere 15 minutos e tente de novo.",
        "rate_limited": "Houve muitos pedidos seguidos. Espere alguns minutos e tente de novo.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts are born in ``contas.acoes`` (sign-up, invitation, approval)."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the letter in the outbox. Raises ``KeyError`` for a letter this portal has no words for."""
        titulo, paragrafos, rotulo, destino = CARTAS[template_prefix]
        endereco = context[destino] if destino in context else notificacoes.endereco(destino)
        usuario = context.get("user")
        with transaction.atomic():
            notificacoes.enviar(
                chave=notificacoes.chave_unica("allauth"),
                tipo=template_prefix.rsplit("/", 1)[-1],
                para=email,
                para_nome=getattr(usuario, "nome", ""),
                titulo=titulo,
                paragrafos=paragrafos,
                botao=(rotulo, endereco),
                agora=timezone.now(),
            )

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the person that something of the account changed."""
        if template_prefix in AVISOS and isinstance(user, Usuario):
            titulo, texto = AVISOS[template_prefix]
            with transaction.atomic():
                notificacoes.conta_mudou(user, titulo=titulo, texto=texto, agora=timezone.now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The address in the letter, under ``ENDERECO_PUBLICO`` (never the ``Host`` header)."""
        uid, _, chave = key.partition("-")
        return notificacoes.endereco("account_reset_password_from_key", uid, chave)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The address in the letter, under ``ENDERECO_PUBLICO``."""
        return notificacoes.endereco("account_confirm_email", emailconfirmation.key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account's page."""
        return reverse("conta")

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this site: no scheme, no host, no backslash (ASVS 1.2.2, 3.7.2)."""
        return endereco_local(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Address for limits and the list of sessions; what a client writes in ``X-Forwarded-For`` does not count."""
        return ip_de(request) or "0.0.0.0"  # noqa: S104  (no address known, not a bind)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One counter per account whatever the ``Host`` header says (B1.7)."""
        return f"conta:{str(credentials.get('email', '')).strip().casefold()}"

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to confirm who one is, in our words."""
        if isinstance(user, AnonymousUser):
            return []
        rotulos = {
            "reauthenticate": "Usar minha senha",
            "mfa_reauthenticate": "Usar um código do aplicativo",
            "mfa_reauthenticate:webauthn": "Usar uma chave de acesso",
        }
        return [{**m, "description": rotulos.get(m["id"], m["description"])} for m in super().get_reauthentication_methods(user)]


class AdaptadorDoSegundoFator(DefaultMFAAdapter):
    """The adapter of allauth's second factor (``MFA_ADAPTER``): our words, and secrets sealed in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "Você não pode desligar o segundo fator.",
        "cannot_generate_recovery_codes": "Ligue um aplicativo ou inclua uma chave de acesso antes de criar códigos de recuperação.",
        "incorrect_code": "O código não confere. Digite o código que aparece agora, ou um código de recuperação que você ainda não usou.",
        "unverified_email": "Confirme o seu e-mail antes de ligar o segundo fator.",
    }

    def encrypt(self, text: str) -> str:
        """As it is kept in the database."""
        return selar(text)

    def decrypt(self, encrypted_text: str) -> str:
        """As it was."""
        return abrir(encrypted_text)


def endereco_local(url: str | None) -> bool:
    """Whether ``url`` is a plain path of this site, safe to redirect to."""
    if not url or not url.startswith("/") or "\\" in url or not url.isprintable():
        return False
    return url_has_allowed_host_and_scheme(url, allowed_hosts=set())
