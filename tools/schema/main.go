// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command schema prints the provider's schemas as JSON, in the form of `terraform providers schema -json`, for
// tfplugindocs. It exists because the CLIs cannot be asked for all of them: Terraform 1.11 and OpenTofu leave actions and
// list resources out.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	coveoprovider "github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
)

// name is the key under which the schemas are printed. A CLI prints the full address there, but tfplugindocs looks for the
// short name, or for the address in HashiCorp's own namespace.
const name = "coveo"

func main() {
	if err := run(context.Background(), os.Stdout, coveoprovider.New("dev")()); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, p provider.Provider) error {
	schemas, err := describe(ctx, name, providerserver.NewProtocol6(p)())
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(schemas)
}
