"""allauth's views with our forms: login with its lock-out page, password, second factor, sessions."""

from __future__ import annotations

from typing import Any

from allauth.account import views as da_conta
from allauth.mfa.base import views as do_fator
from allauth.mfa.recovery_codes import views as dos_codigos
from allauth.mfa.totp import views as do_totp
from allauth.mfa.webauthn import views as da_chave
from allauth.usersessions import views as das_sessoes
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy

from contas import forms
from contas.acesso import autenticada, publica
from contas.middleware import FIM_DA_SESSAO
from contas.views.comuns import muitas_tentativas

#: Why the last session ended → what the login page says.
FINS = {
    "parada": "Sua sessão terminou depois de um tempo sem uso. Entre de novo para continuar de onde parou.",
    "maxima": "Sua sessão chegou ao tempo máximo. Entre de novo para continuar de onde parou.",
    "texto_guardado": "Sua sessão terminou antes do envio. O texto que você digitou está guardado: entre de novo e ele volta.",
    "envio_perdido": "Sua sessão terminou antes do envio, e nada foi gravado. Entre de novo, confira a página e envie outra vez.",
    "desativada": "Sua sessão foi encerrada. Se precisar, fale com o suporte do INTRAGOV.",
}


class Entrar(da_conta.LoginView):
    """Login by e-mail and password. After 5 failures in 15 minutes the answer is 429, known e-mail or not (B1.7)."""

    form_class = forms.FormularioDeEntrada

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add why the last session ended, once."""
        fim = self.request.session.pop(FIM_DA_SESSAO, "") if FIM_DA_SESSAO in self.request.session else ""
        return {**super().get_context_data(**kwargs), "aviso_de_sessao": FINS.get(fim, "")}

    def form_invalid(self, form: Any) -> HttpResponse:
        """The 429 page when there were too many tries; otherwise the form again."""
        if any(erro.code == "too_many_login_attempts" for erro in form.non_field_errors().as_data()):
            return muitas_tentativas(self.request)
        return super().form_invalid(form)


class TrocarSenha(da_conta.PasswordChangeView):
    """Change the password; the other sessions end with the old one. Whoever has none yet creates it by the link of the recovery."""

    form_class = forms.FormularioDeTrocaDeSenha
    success_url = reverse_lazy("conta")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without a password to change (one enters by a passkey): to the page that sends a link to the account's own e-mail."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(request, "Sua conta ainda não tem senha. Peça um link para criar a primeira: ele vai para o e-mail da conta.")
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)


class RecuperarSenha(da_conta.PasswordResetView):
    """Ask for the letter with the link; whoever entered finds the e-mail of the account there."""

    form_class = forms.FormularioDeRecuperacao

    def get_initial(self) -> dict[str, Any]:
        """The e-mail of who entered; nothing for a visitor."""
        return {"email": getattr(self.request.user, "email", "")}


entrar = publica(Entrar.as_view())
sair = publica(da_conta.LogoutView.as_view())
conta_inativa = publica(da_conta.AccountInactiveView.as_view())
confirmar_email = publica(da_conta.ConfirmEmailView.as_view())
confirmar_acesso = autenticada(da_conta.ReauthenticateView.as_view(form_class=forms.FormularioDeConfirmacao))
trocar_senha = autenticada(TrocarSenha.as_view())
recuperar_senha = publica(RecuperarSenha.as_view())
recuperar_pedido = publica(da_conta.PasswordResetDoneView.as_view())
nova_senha = publica(da_conta.PasswordResetFromKeyView.as_view(form_class=forms.FormularioDeNovaSenha))
nova_senha_pronta = publica(da_conta.PasswordResetFromKeyDoneView.as_view())

fator = autenticada(do_fator.IndexView.as_view())
fator_entrada = publica(do_fator.AuthenticateView.as_view(form_class=forms.FormularioDeCodigo))
fator_confirmar = autenticada(do_fator.ReauthenticateView.as_view(form_class=forms.FormularioDeConfirmacaoPorCodigo))
aplicativo_ligar = autenticada(do_totp.ActivateTOTPView.as_view(form_class=forms.FormularioDeAplicativo))
aplicativo_desligar = autenticada(do_totp.DeactivateTOTPView.as_view())
codigos_ver = autenticada(dos_codigos.ViewRecoveryCodesView.as_view())
codigos_gerar = autenticada(dos_codigos.GenerateRecoveryCodesView.as_view())
codigos_baixar = autenticada(dos_codigos.DownloadRecoveryCodesView.as_view())
chaves = autenticada(da_chave.ListWebAuthnView.as_view())
chave_incluir = autenticada(da_chave.AddWebAuthnView.as_view(form_class=forms.FormularioDeChave))
chave_retirar = autenticada(da_chave.RemoveWebAuthnView.as_view())
chave_nomear = autenticada(da_chave.EditWebAuthnView.as_view(form_class=forms.FormularioDeNomeDeChave))
chave_confirmar = autenticada(da_chave.ReauthenticateWebAuthnView.as_view())
chave_entrar = publica(da_chave.LoginWebAuthnView.as_view())
sessoes = autenticada(das_sessoes.ListUserSessionsView.as_view())
