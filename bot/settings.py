"""Every environment variable: default, unit, reason. Read once, in `__main__`, and handed on."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment and from `.env`; an empty value counts as unset."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    # The model. Any OpenAI-compatible server; without a key the bot replays kept replies or reads offline.
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-5.4-mini"
    openai_embedding_model: str | None = None  # of the same server; with it coverage is also found by its meaning
    model_total_s: float = Field(
        120, gt=0
    )  # seconds for one call with its retries; people stop waiting after two minutes
    model_stall_s: float = Field(30, gt=0)  # seconds between chunks before a stream counts as stalled
    excerpt_tokens: int = Field(12_000, ge=500)  # coverage shown in one call, at 4 characters a token
    keep_replies: Path | None = None  # a folder in which model replies are kept and replayed from

    # Slack. Socket Mode with an app token; else HTTP with a signing secret; else the sandbox.
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    # Many workspaces, each of which installs the app by itself, over HTTP. Fernet keys, parted by commas: the first
    # one seals the tokens of workspaces before they are stored, and all of them open.
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    token_keys: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    sandbox_port: int = Field(3000, ge=0, le=65535)

    # What is kept.
    database_url: str = "sqlite:///crosscheck.db"

    # Work in hand.
    lease_s: float = Field(60, gt=0)  # seconds until a dead process's work is taken over; well above a call to Slack
    most_waiting: int = Field(500, gt=0)  # questions that wait in a workspace; one more is turned away with a word

    keep_words_days: float = Field(90, gt=0)  # days that questions, threads and feedback are kept

    # Limits a UTC day, shared by all processes; 0 sets none. Admins are Slack ids, parted by commas.
    workspace_calls_a_day: int = Field(0, ge=0)
    workspace_tokens_a_day: int = Field(0, ge=0)
    person_calls_a_day: int = Field(0, ge=0)
    person_tokens_a_day: int = Field(0, ge=0)
    ledger_calls_a_day: int = Field(1_000, ge=0)  # a workspace's, on what arrives; 0: none are made
    admins: str = ""
    price_input: float = Field(0, ge=0)  # what a million tokens cost, for the metrics
    price_output: float = Field(0, ge=0)

    # Logs, on stderr.
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @property
    def admin_ids(self) -> tuple[str, ...]:
        return tuple(id.strip() for id in self.admins.split(",") if id.strip())

    @property
    def in_slack(self) -> bool:
        """Whether the bot belongs to real workspaces: no sample coverage is shown there."""
        return self.slack_bot_token is not None or self.by_oauth

    @property
    def by_oauth(self) -> bool:
        """Whether workspaces install the app by themselves."""
        return self.slack_client_id is not None

    @property
    def slack_trouble(self) -> str | None:
        """What is missing of Slack's settings, or too much, and what to do; None where they go together."""
        if self.by_oauth:
            if self.slack_bot_token or self.slack_app_token:
                return (
                    "SLACK_CLIENT_ID serves many workspaces, over HTTP: unset SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or"
                    " unset it for one workspace"
                )
            needed = ("slack_client_secret", "slack_signing_secret", "token_keys")
            missing = [name.upper() for name in needed if getattr(self, name) is None]
            return f"SLACK_CLIENT_ID needs {' and '.join(missing)} beside it" if missing else None
        if self.slack_bot_token and not self.slack_app_token and not self.slack_signing_secret:
            return "set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for events over HTTP"
        return None
