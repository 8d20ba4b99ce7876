"""What events say of the SDK that sent them."""

LIB = "python"
VERSION = "0.1.0"
