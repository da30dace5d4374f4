"""What the settings of both sides have in common; each side's class adds its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from contract.process import EXIT_CONFIG
from contract.signature import parse_keys


def _well_formed(value: SecretStr) -> SecretStr:
    parse_keys(value.get_secret_value())
    return value


class FileSource(EnvSettingsSource):
    """Reads ``NAME_FILE`` for a secret setting ``NAME`` that the environment does not hold."""

    def __call__(self) -> dict[str, Any]:
        """Return the settings that were found in files."""
        return dict(self._found())

    def _found(self) -> Iterator[tuple[str, Any]]:
        for name, field in self.settings_cls.model_fields.items():
            path = self.env_vars.get(f"{name}_file")
            own_setting = f"{name}_file" in self.settings_cls.model_fields
            if path and not own_setting and name not in self.env_vars:
                try:
                    text = Path(path).read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise SettingsError(f"{name.upper()}_FILE: {error.strerror}: {path}") from None
                yield name, self.prepare_field_value(name, field, text, self.is_complex(field))

    def is_complex(self, field: Any) -> bool:
        """Tell whether the field's text is JSON."""
        return bool(self.field_is_complex(field))


class SharedSettings(BaseSettings):
    """The settings that bridge and receiver must agree on, read from the environment."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    data_dir: Path = Field(Path("data"), description="where spool, secret and data are kept")
    webhook_secrets: Annotated[SecretStr, AfterValidator(_well_formed)] | None = Field(
        None, description="`whsec_…` secrets, space separated; the first signs, all verify"
    )
    webhook_secrets_file: Path | None = Field(
        None,
        description="the file of those secrets, made by the receiver on first start;"
        " `DATA_DIR/webhook.secret` if neither is set",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="how much is logged; letters and secrets never are"
    )

    @property
    def secrets_file(self) -> Path:
        """Where the webhook secrets lie if the environment does not hold them."""
        return self.webhook_secrets_file or self.data_dir / "webhook.secret"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, then the files that it names."""
        return init_settings, env_settings, FileSource(settings_cls)

    @classmethod
    def load(cls) -> Self:
        """Read the settings, or exit with status 78 and every mistake named at once."""
        try:
            return cls()
        except ValidationError as error:
            lines = [
                f"{'.'.join(map(str, mistake['loc'])).upper() or 'settings'}: {mistake['msg']}"
                for mistake in error.errors(include_url=False, include_input=False)
            ]
        except SettingsError as error:
            lines = [str(error)]
        print("The settings are not usable:", *lines, sep="\n  ")  # noqa: T201 - no log yet
        raise SystemExit(EXIT_CONFIG)
