"""Forms of accounts and people. allauth's own forms are used with our words; ours use the field types of ``nucleo.campos``."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as da_conta
from allauth.mfa.base import forms as do_fator
from allauth.mfa.totp import forms as do_totp
from allauth.mfa.webauthn import forms as da_chave
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from contas.models import Municipio, Papel, Usuario
from contas.municipios import dobrar, procurar
from contas.papeis import PAPEIS_DO_ESTADO
from nucleo.campos import CampoCPF, CampoEmail, CampoTexto, validar_nome_de_pessoa

DICA_DA_SENHA = "Use 12 letras, números ou sinais, ou mais. Uma frase só sua é fácil de lembrar. Não use o nome do portal nem do município."


def _nome_completo() -> CampoTexto:
    """The own name, under the same rule as the names in Anexo I (ADS-06)."""
    return CampoTexto(
        label="Seu nome completo",
        max_length=120,
        conferir=validar_nome_de_pessoa,
        error_messages={"required": "Informe seu nome completo."},
    )


class ComMunicipio(forms.Form):
    """A municipality typed by name: accents and spelling are forgiven; when in doubt the form offers the choices as radios.

    Cleans to ``municipio_escolhido`` (a ``Municipio``). Works without JavaScript; with it the field suggests names while one types.
    """

    municipio = CampoTexto(
        label="Município",
        max_length=80,
        help_text="Digite o nome. Não se preocupe com acentos.",
        error_messages={"required": "Digite o nome do município."},
        widget=forms.TextInput(attrs={"data-municipios": "/municipios/", "autocomplete": "off", "largura": "longa"}),
    )
    municipio_codigo = forms.ChoiceField(
        label="Qual destes é o seu município?",
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha o município.", "invalid_choice": "Escolha o município."},
    )

    municipio_escolhido: Municipio | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texto = str(self.data.get(self.add_prefix("municipio"), "")) if self.is_bound else ""
        self._achados = procurar(texto) if texto.strip() else []
        self._exatos = [m for m in self._achados if dobrar(m.nome) == dobrar(texto)]
        codigos = [(str(m.codigo_ibge), m.nome) for m in self._achados]
        if codigos and len(self._exatos) != 1:
            campo = self.fields["municipio_codigo"]
            assert isinstance(campo, forms.ChoiceField)
            campo.choices = codigos
        else:
            del self.fields["municipio_codigo"]

    def clean(self) -> dict[str, Any]:
        """Find the municipality. Adds an error beside the field that settles it."""
        limpos = super().clean() or {}
        if not limpos.get("municipio"):
            return limpos
        codigo = limpos.get("municipio_codigo")
        if len(self._exatos) == 1:
            self.municipio_escolhido = self._exatos[0]
        elif codigo:
            self.municipio_escolhido = next(m for m in self._achados if str(m.codigo_ibge) == codigo)
        elif self._achados:
            if "municipio_codigo" not in self.errors:
                self.add_error("municipio_codigo", "Escolha o município.")
        else:
            self.add_error("municipio", "Não achamos este município em São Paulo. Confira o nome e tente de novo.")
        return limpos


class ComSenha(forms.Form):
    """A new password, typed twice; checked by the validators of the settings against ``usuario_da_senha``."""

    senha = forms.CharField(
        label="Crie uma senha",
        help_text=DICA_DA_SENHA,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "largura": "longa"}),
        error_messages={"required": "Crie uma senha.", "max_length": "Use até 256 letras."},
    )
    senha2 = forms.CharField(
        label="Repita a senha",
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "largura": "longa"}),
        error_messages={"required": "Repita a senha.", "max_length": "Use até 256 letras."},
    )

    def usuario_da_senha(self) -> Usuario:
        """Whose password it is, for the validators that compare."""
        return Usuario()

    def clean(self) -> dict[str, Any]:
        """Check the password and its repetition."""
        limpos = super().clean() or {}
        senha, repetida = limpos.get("senha"), limpos.get("senha2")
        if senha and repetida and senha != repetida:
            self.add_error("senha2", "As duas senhas estão diferentes. Digite a mesma nos dois campos.")
        if senha:
            try:
                validate_password(senha, self.usuario_da_senha())
            except ValidationError as erro:
                self.add_error("senha", erro)
        return limpos


class FormularioDeCadastro(ComSenha, ComMunicipio):
    """Sign-up of the requerente: municipality, person, institutional e-mail, password."""

    nome = _nome_completo()
    cpf = CampoCPF(label="CPF")
    email = CampoEmail(
        label="E-mail institucional",
        help_text="Vamos enviar um link de confirmação. Se puder, use um e-mail da prefeitura, terminado em .gov.br.",
        max_length=254,
    )
    cargo = CampoTexto(label="Cargo na prefeitura", max_length=80, error_messages={"required": "Informe seu cargo."})
    ciente = forms.BooleanField(
        label="Li o aviso de privacidade",
        error_messages={"required": "Leia o aviso de privacidade e marque esta opção para continuar."},
    )
    field_order = ("municipio", "municipio_codigo", "nome", "cpf", "email", "cargo", "senha", "senha2", "ciente")

    def usuario_da_senha(self) -> Usuario:
        """The person being described, with the municipality's name for ``PalavrasDoContexto``."""
        usuario = Usuario(email=self.cleaned_data.get("email", ""), nome=self.cleaned_data.get("nome", ""))
        usuario.municipio_nome = self.municipio_escolhido.nome if self.municipio_escolhido else ""  # type: ignore[attr-defined]
        return usuario


class FormularioDeDados(forms.Form):
    """The own name and cargo."""

    nome = _nome_completo()
    cargo = CampoTexto(label="Cargo", max_length=80, required=False)


class FormularioDeEmail(forms.Form):
    """Another e-mail to enter with."""

    email = CampoEmail(
        label="Novo e-mail",
        help_text="Vamos enviar um link de confirmação a ele. Se puder, use um e-mail institucional, terminado em .gov.br.",
        max_length=254,
    )


class FormularioDeMunicipio(ComMunicipio):
    """Another prefeitura, for somebody who already has an account."""


class FormularioDeSenha(ComSenha):
    """The first password of an account."""

    def __init__(self, *args: Any, usuario: Usuario, **kwargs: Any) -> None:
        self.usuario = usuario
        super().__init__(*args, **kwargs)

    def usuario_da_senha(self) -> Usuario:
        """The owner of the link."""
        return self.usuario


class FormularioDeAceite(ComSenha):
    """Accept an invitation without having an account. The CPF is asked only of people of a prefeitura."""

    nome = _nome_completo()
    cpf = CampoCPF(label="CPF")
    cargo = CampoTexto(label="Cargo", max_length=80, required=False)
    field_order = ("nome", "cpf", "cargo", "senha", "senha2")

    def __init__(self, *args: Any, do_estado: bool, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)
        if do_estado:
            del self.fields["cpf"]

    def usuario_da_senha(self) -> Usuario:
        """The person being described."""
        return Usuario(email=self.email, nome=self.cleaned_data.get("nome", ""))


class FormularioDeConvite(forms.Form):
    """Invite somebody of the same prefeitura."""

    nome = CampoTexto(label="Nome da pessoa", max_length=120, error_messages={"required": "Informe o nome da pessoa."})
    email = CampoEmail(label="E-mail da pessoa", help_text="O convite vai para este endereço.", max_length=254)


class FormularioDeEquipe(FormularioDeConvite):
    """Invite somebody to a team of the State."""

    papel = forms.ChoiceField(
        label="Papel",
        choices=[("", "Escolha"), *((p.value, p.label) for p in Papel if p in PAPEIS_DO_ESTADO)],
        error_messages={"required": "Escolha o papel."},
    )
    field_order = ("papel", "nome", "email")


class FormularioDeRecusa(forms.Form):
    """Refuse an entry request."""

    motivo = CampoTexto(label="Motivo da recusa", max_length=300, help_text="A pessoa vai ler este texto.")


class FormularioDeFim(forms.Form):
    """End a link. The reason is asked for where the person has a right to it (a requerente taken out by PRODESP)."""

    motivo = CampoTexto(
        label="Motivo",
        max_length=200,
        help_text="A pessoa vai ler este texto.",
        error_messages={"required": "Escreva o motivo: a pessoa vai ler."},
    )

    def __init__(self, *args: Any, obrigatorio: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motivo"].required = obrigatorio


class FormularioDaConta(forms.Form):
    """Close an account, or open it again."""

    motivo = CampoTexto(
        label="Motivo",
        max_length=200,
        help_text="A pessoa vai ler este texto, e ele fica na trilha de auditoria.",
        error_messages={"required": "Escreva o motivo: a pessoa vai ler."},
    )


class _NossasPalavras(forms.Form):
    """allauth's forms with our labels, without placeholders and without HTML in the hints."""

    ROTULOS: dict[str, str] = {
        "login": "E-mail",
        "email": "E-mail da conta",
        "password": "Senha",
        "oldpassword": "Senha atual",
        "password1": "Nova senha",
        "password2": "Repita a nova senha",
        "code": "Código",
        "name": "Nome da chave",
        "passwordless": "Entrar só com esta chave, sem senha",
    }
    DICAS: dict[str, str] = {
        "password1": DICA_DA_SENHA,
        "name": "Um nome para você reconhecer depois, como “Celular” ou “Chave azul”.",
        "passwordless": "A chave vai pedir digital, rosto ou PIN.",
    }
    FALTAS: dict[str, str] = {
        "login": "Digite seu e-mail.",
        "email": "Digite seu e-mail.",
        "password": "Digite sua senha.",
        "oldpassword": "Digite sua senha atual.",
        "password1": "Crie uma senha.",
        "password2": "Repita a senha.",
        "code": "Digite o código.",
        "name": "Dê um nome à chave.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nome, campo in self.fields.items():
            campo.label = self.ROTULOS.get(nome, campo.label)
            campo.help_text = self.DICAS.get(nome, "")
            campo.widget.attrs.pop("placeholder", None)
            campo.widget.attrs["largura"] = "curta" if nome == "code" else "longa"
            if nome in self.FALTAS:
                campo.error_messages["required"] = self.FALTAS[nome]

    def clean(self) -> dict[str, Any] | None:
        """Say in our words that the two passwords differ."""
        limpos = super().clean()
        if self.has_error("password2") and self.data.get(self.add_prefix("password2")):
            self.errors["password2"] = self.error_class(["As duas senhas estão diferentes. Digite a mesma nos dois campos."])
        return limpos


class FormularioDeEntrada(_NossasPalavras, da_conta.LoginForm):
    """E-mail and password."""


class FormularioDeRecuperacao(_NossasPalavras, da_conta.ResetPasswordForm):
    """Which account lost its password."""


class FormularioDeNovaSenha(_NossasPalavras, da_conta.ResetPasswordKeyForm):
    """A new password, by the letter's link."""


class FormularioDeTrocaDeSenha(_NossasPalavras, da_conta.ChangePasswordForm):
    """A new password, knowing the old one."""


class FormularioDeConfirmacao(_NossasPalavras, da_conta.ReauthenticateForm):
    """Type the password again before a sensitive act."""


class FormularioDeCodigo(_NossasPalavras, do_fator.AuthenticateForm):
    """The second factor at login."""


class FormularioDeConfirmacaoPorCodigo(_NossasPalavras, do_fator.ReauthenticateForm):
    """The second factor before a sensitive act."""


class FormularioDeAplicativo(_NossasPalavras, do_totp.ActivateTOTPForm):
    """Switch on an authenticator application."""


class FormularioDeChave(_NossasPalavras, da_chave.AddWebAuthnForm):
    """Add a passkey."""


class FormularioDeNomeDeChave(_NossasPalavras, da_chave.EditWebAuthnForm):
    """Rename a passkey."""
