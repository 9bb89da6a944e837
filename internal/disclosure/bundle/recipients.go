// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package bundle

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
)

// ParseRecipients reads public keys: age's own (age1…) and those of SSH (ssh-ed25519, ssh-rsa). Its errors say which one
// cannot be used, and repeat none: somebody may have given a private one.
func ParseRecipients(texts []string) ([]age.Recipient, error) {
	recipients := make([]age.Recipient, 0, len(texts))
	for n, text := range texts {
		recipient, err := parseRecipient(text)
		if err != nil {
			return nil, fmt.Errorf("recipient %d of %d cannot be used: %w", n+1, len(texts), err)
		}
		recipients = append(recipients, recipient)
	}
	return recipients, nil
}

func parseRecipient(text string) (age.Recipient, error) {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "AGE-SECRET-KEY-") || strings.Contains(text, "PRIVATE KEY"):
		return nil, errors.New("it is a private key, which is now in the configuration and should be replaced; give the public one")
	case strings.HasPrefix(text, "ssh-"):
		recipient, err := agessh.ParseRecipient(text)
		if err != nil {
			return nil, errors.New("it is no SSH public key that age can encrypt to; ssh-ed25519 and ssh-rsa of 2048 bits or more are")
		}
		return recipient, nil
	}
	recipient, err := age.ParseX25519Recipient(text)
	if err != nil {
		return nil, errors.New("it is neither an age public key such as age1… nor an SSH public key such as ssh-ed25519 AAAA…")
	}
	return recipient, nil
}
