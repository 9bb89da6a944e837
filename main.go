// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-coveo is a Terraform and OpenTofu provider: privacy as code for Coveo.
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"log"
	"os"
	"runtime/debug"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/apikey"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	attach := flag.Bool("debug", false, "serve for a debugger: print the environment to attach to instead of waiting for Terraform")
	flag.Parse()
	quietUnlessAsked()
	keepPeopleOutOfLogs()
	// A plan of many resources makes much garbage and lives for seconds. Collecting it less often is worth the memory.
	debug.SetGCPercent(gcPercent)
	e := newEnding(apikey.NewKeeper(rand.Text))
	if !*attach {
		e.watch()
	}
	err := providerserver.Serve(context.Background(), provider.New(version, provider.WithKeeper(e.keeper)), providerserver.ServeOpts{
		Address: "registry.terraform.io/coveo-privacy/coveo",
		Debug:   *attach,
	})
	e.revoke(servedTime)
	if err != nil {
		log.Fatal(err)
	}
}

const gcPercent = 400

// keepPeopleOutOfLogs silences the plugin framework, which names an element of a set by its value: at TRACE it would write the
// people of a group to the log. Only TF_LOG_SDK_FRAMEWORK itself brings its entries back.
func keepPeopleOutOfLogs() {
	const variable = "TF_LOG_SDK_FRAMEWORK"
	if _, asked := os.LookupEnv(variable); asked {
		return
	}
	if err := os.Setenv(variable, "ERROR"); err != nil {
		log.Print(err)
	}
}

// quietUnlessAsked turns the plugin libraries' logs off where nobody asked for logs. They are written at TRACE for every
// call, sent to Terraform, and dropped there: in a plan of a thousand keys that is a good part of the provider's work.
func quietUnlessAsked() {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "TF_LOG") {
			return
		}
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER"} {
		if err := os.Setenv(name, "OFF"); err != nil {
			log.Print(err)
		}
	}
}
