// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package apikey

import (
	"context"
	"fmt"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
)

// parseRecipient reads one recipient, and proves that something can be encrypted for it. Its errors never repeat the text,
// which may be a private key by mistake.
func parseRecipient(entry string) (age.Recipient, error) {
	entry = strings.TrimSpace(entry)
	var recipient age.Recipient
	var err error
	switch {
	case isPrivate(entry):
		return nil, fmt.Errorf("it is a private key, which must never be here: give the public one, and consider this one compromised")
	case strings.HasPrefix(entry, "age1"):
		if recipient, err = age.ParseX25519Recipient(entry); err != nil {
			return nil, fmt.Errorf("it is no X25519 recipient of age; age-keygen -y prints one, which begins with age1 and is 62 characters long")
		}
	case strings.HasPrefix(entry, "ssh-ed25519 "), strings.HasPrefix(entry, "ssh-rsa "):
		if recipient, err = agessh.ParseRecipient(entry); err != nil {
			return nil, fmt.Errorf("it is no SSH public key that age can encrypt for; it takes the line of an id_ed25519.pub, or of an " +
				"id_rsa.pub of at least 2048 bits")
		}
	default:
		return nil, fmt.Errorf("it begins with none of age1, ssh-ed25519 and ssh-rsa; age-keygen -y prints a recipient")
	}
	if _, err := encrypt("check", []age.Recipient{recipient}); err != nil {
		return nil, fmt.Errorf("nothing can be encrypted for it; make another key pair with age-keygen")
	}
	return recipient, nil
}

func isPrivate(entry string) bool {
	upper := strings.ToUpper(entry)
	return strings.Contains(upper, "AGE-SECRET-KEY-") || strings.Contains(upper, "PRIVATE KEY")
}

// seal encrypts a value for each of the recipients, in age's text form.
func seal(value string, entries []string) (string, error) {
	recipients := make([]age.Recipient, 0, len(entries))
	for _, entry := range entries {
		recipient, err := parseRecipient(entry)
		if err != nil {
			return "", err
		}
		recipients = append(recipients, recipient)
	}
	return encrypt(value, recipients)
}

func encrypt(value string, recipients []age.Recipient) (string, error) {
	var out strings.Builder
	armored := armor.NewWriter(&out)
	plain, err := age.Encrypt(armored, recipients...)
	if err != nil {
		return "", err
	}
	if _, err := plain.Write([]byte(value)); err != nil {
		return "", err
	}
	if err := plain.Close(); err != nil {
		return "", err
	}
	if err := armored.Close(); err != nil {
		return "", err
	}
	return out.String(), nil
}

type recipientsValidator struct{}

func (recipientsValidator) Description(context.Context) string {
	return "must be recipients of age: age1…, or SSH public keys"
}

func (v recipientsValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (recipientsValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	resp.Diagnostics.Append(checkRecipients(req.ConfigValue)...)
}

// checkRecipients checks those that are known. A private key is reported without a path, since a diagnostic with one prints
// the line of the configuration.
func checkRecipients(recipients types.Set) (diags diag.Diagnostics) {
	for _, entry := range texts(recipients) {
		_, err := parseRecipient(entry)
		switch {
		case err == nil:
		case isPrivate(entry):
			diags.AddError("Private key among value_recipients", "An element of value_recipients cannot be used: "+err.Error()+".")
		default:
			diags.AddAttributeError(path.Root("value_recipients"), "Recipient cannot be used", "An element of value_recipients cannot be used: "+err.Error()+".")
		}
	}
	return diags
}

// planValue plans where a new key's value goes.
func (m *resourceModel) planValue() {
	switch {
	case m.ValueRecipients.IsUnknown():
		m.Value, m.EncryptedValue = types.StringUnknown(), types.StringUnknown()
	case m.ValueRecipients.IsNull():
		m.Value, m.EncryptedValue = types.StringUnknown(), types.StringNull()
	default:
		m.Value, m.EncryptedValue = types.StringNull(), types.StringUnknown()
	}
}

// keepValue puts the value of a key that was just made where the plan wants it. With recipients it never goes anywhere in
// the open: where it cannot be encrypted it is lost, and the key is of no use.
func (s *Service) keepValue(plan *resourceModel, key *coveo.APIKey) (diags diag.Diagnostics) {
	plan.EncryptedValue = types.StringNull()
	if plan.ValueRecipients.IsNull() {
		plan.Value = types.StringValue(key.Value)
		return nil
	}
	plan.Value = types.StringNull()
	sealed, err := s.seal(key.Value, texts(plan.ValueRecipients))
	if err != nil || strings.Contains(sealed, key.Value) {
		// The error may quote what was encrypted. An error diagnostic would taint the key, which is of no use but may be
		// what somebody else finds in the console; whether it goes is a person's decision.
		diags.AddAttributeWarning(path.Root("encrypted_value"), "API key made without its value: "+plan.DisplayName.ValueString(),
			fmt.Sprintf("Coveo made the key %s, and its value could not be encrypted for value_recipients. It is not kept in the open, so it is "+
				"lost: value and encrypted_value are null, and nobody can use the key. Check the recipients, then make a new key in place of "+
				"this one with: terraform apply -replace=<resource address>.", key.ID))
		return diags
	}
	plan.EncryptedValue = types.StringValue(sealed)
	return nil
}

// withValue says in what form the value was saved.
func (m *resourceModel) withValue() string {
	switch {
	case !m.Value.IsNull():
		return "with its value"
	case !m.EncryptedValue.IsNull():
		return "with its encrypted value"
	}
	return "without its value"
}

// decideRecipients replaces a key whose value is meant for others than before: what was encrypted once cannot be taken back
// or handed on.
func (d *decision) decideRecipients() {
	switch {
	case d.plan.ValueRecipients.Equal(d.state.ValueRecipients):
	case d.state.ValueRecipients.IsNull() && d.imported():
		d.warn("value_recipients", "Imported key without its value", "value_recipients counts only when a key is made, and this one was imported, so "+
			"there is nothing to encrypt. To make a key whose value they get: terraform apply -replace=<resource address>.")
	default:
		d.replace.Append(path.Root("value_recipients"))
	}
}
